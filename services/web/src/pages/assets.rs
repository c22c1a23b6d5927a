//! `/assets/…`: the styles and the script.

use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use netgain_pages::assets::{self, Asset};

use super::PageRoutes;

/// Their addresses change with their bytes (RFC 8246).
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(super) fn routes(mut routes: PageRoutes) -> PageRoutes {
    for asset in assets::ALL {
        routes = routes.route(asset.address, get(move || async move { serve(asset) }));
    }
    routes
}

fn serve(asset: Asset) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    (headers, asset.bytes)
}
