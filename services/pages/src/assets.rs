//! The styles and the script, built from npm packages and kept in the program.
//!
//! Their addresses change with their bytes, so that a browser may keep them for ever.

/// A file that pages refer to.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Where it is served.
    pub address: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
}

/// GOV.UK Frontend's styles and our own.
pub const STYLES: Asset = Asset {
    address: concat!("/assets/", env!("NETGAIN_STYLES_DIGEST"), ".css"),
    media_type: "text/css; charset=utf-8",
    bytes: include_bytes!(concat!(env!("OUT_DIR"), "/assets/built/app.css")),
};

/// What improves the pages where scripts run.
pub const SCRIPT: Asset = Asset {
    address: concat!("/assets/", env!("NETGAIN_SCRIPT_DIGEST"), ".js"),
    media_type: "text/javascript; charset=utf-8",
    bytes: include_bytes!(concat!(env!("OUT_DIR"), "/assets/built/app.js")),
};

/// Every asset there is.
pub const ALL: [Asset; 2] = [STYLES, SCRIPT];

/// What a page's Content-Security-Policy allows: our own files and nothing inline.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_for_gov_uk_services_only_is_in_the_styles() {
        let styles = std::str::from_utf8(STYLES.bytes).unwrap();
        assert!(styles.contains(".govuk-button"), "the styles are there");
        for reserved in ["GDS Transport", "@font-face", "crest", "crown", "url("] {
            assert!(!styles.contains(reserved), "{reserved} is in the styles");
        }
    }
}
