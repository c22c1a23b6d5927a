//! Every route of the service: who may ask there, how, and what they are answered.

use netgain_tests::service::Answer;
use serde_json::{Value, json};

use super::callers::Caller;
use super::who_may::{ADMINISTER, DOWNLOAD, READ, RECORD};

/// Who may ask at a route.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    /// Everybody, signed in or not.
    Everybody,
    /// Whoever is signed in; they see what they may see.
    SignedIn,
    /// Whoever has any role in the organisation: what they sent says what it takes.
    AnyRole,
    /// Whoever that row of the interface's table names, in the organisation.
    Row(&'static str),
    /// Administrators of anything.
    Administrators,
    /// Administrators of every organisation.
    AdministratorsOfEverything,
}

impl Who {
    /// Whether a caller may ask, of an organisation.
    pub(crate) fn has(self, caller: &Caller, org: &str) -> bool {
        match self {
            Self::Everybody => true,
            _ if !caller.is_known() => false,
            Self::SignedIn => true,
            Self::AnyRole => caller.has_role(org),
            Self::Row(row) => caller.may(row, org),
            Self::Administrators => caller.administers_something(),
            Self::AdministratorsOfEverything => caller.administers_everything(),
        }
    }
}

/// A route: its method and its path as the service's description has them, who may ask, and the status
/// they are answered with.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    pub(crate) answered: u16,
}

const fn get(path: &'static str, who: Who) -> Route {
    route("GET", path, who, 200)
}

const fn route(method: &'static str, path: &'static str, who: Who, answered: u16) -> Route {
    Route {
        method,
        path,
        who,
        answered,
    }
}

/// All of them. A route that the service describes and that is not here fails the matrix.
pub(crate) const ROUTES: &[Route] = &[
    get("/healthz", Who::Everybody),
    get("/readyz", Who::Everybody),
    get("/api/v1/openapi.json", Who::Everybody),
    get("/api/v1/registry", Who::Everybody),
    get("/api/v1/keys", Who::Everybody),
    get("/api/v1/sign-in", Who::Everybody),
    // No provider is set up.
    route("GET", "/sign-in/{provider}", Who::Everybody, 404),
    route("GET", "/sign-in/{provider}/return", Who::Everybody, 404),
    // The body names nobody.
    route("POST", "/api/v1/session", Who::Everybody, 400),
    route("DELETE", "/api/v1/session", Who::Everybody, 204),
    get("/api/v1/session", Who::SignedIn),
    get("/api/v1/organisations", Who::SignedIn),
    get("/api/v1/live/{year}", Who::SignedIn),
    get("/api/v1/organisations/{org}", Who::Row(READ)),
    get("/api/v1/organisations/{org}/totals/{year}", Who::Row(READ)),
    get("/api/v1/organisations/{org}/explain/{year}", Who::Row(READ)),
    get("/api/v1/organisations/{org}/diff/{year}", Who::Row(READ)),
    get("/api/v1/organisations/{org}/reports/{name}", Who::Row(READ)),
    get("/api/v1/organisations/{org}/claims", Who::Row(READ)),
    get("/api/v1/organisations/{org}/claims/{claim}", Who::Row(READ)),
    get("/api/v1/organisations/{org}/events", Who::Row(READ)),
    get("/api/v1/organisations/{org}/live/{year}", Who::Row(READ)),
    get("/api/v1/organisations/{org}/statements", Who::Row(READ)),
    get(
        "/api/v1/organisations/{org}/statements/{year}/{series}/{number}",
        Who::Row(READ),
    ),
    get(
        "/api/v1/organisations/{org}/statements/{year}/{series}/{number}/compare",
        Who::Row(READ),
    ),
    get(
        "/api/v1/organisations/{org}/statements/{year}/{series}/{number}/bundle",
        Who::Row(DOWNLOAD),
    ),
    get("/api/v1/organisations/{org}/checkpoint", Who::Row(DOWNLOAD)),
    // The body is no command that there is; the commands have a matrix of their own.
    route(
        "POST",
        "/api/v1/organisations/{org}/commands",
        Who::AnyRole,
        422,
    ),
    route(
        "POST",
        "/api/v1/organisations/{org}/import",
        Who::Row(RECORD),
        200,
    ),
    get("/api/v1/people", Who::Administrators),
    get("/api/v1/tokens", Who::Administrators),
    route("POST", "/api/v1/tokens", Who::Row(ADMINISTER), 201),
    route("POST", "/api/v1/system/commands", Who::Administrators, 422),
    get("/api/v1/system/events", Who::AdministratorsOfEverything),
    route(
        "PUT",
        "/api/v1/people/{person}",
        Who::AdministratorsOfEverything,
        204,
    ),
    route(
        "DELETE",
        "/api/v1/people/{person}",
        Who::AdministratorsOfEverything,
        204,
    ),
];

/// A request at a route.
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Route {
    /// Whether what is asked is of an organisation.
    pub(crate) fn is_of_an_organisation(&self) -> bool {
        self.path.contains("{org}") || (self.method, self.path) == ("POST", "/api/v1/tokens")
    }

    /// A request there whose form is right, of an organisation; `cell` tells those that record something
    /// apart.
    pub(crate) fn request(&self, org: &str, cell: usize) -> Request {
        let mut path = self.path.to_owned();
        for (name, value) in [
            ("{org}", org),
            ("{year}", "2010-11"),
            ("{claim}", "C1"),
            ("{name}", "due"),
            ("{series}", "actual"),
            ("{number}", "1"),
            ("{person}", "subject"),
            ("{provider}", "nobody"),
        ] {
            path = path.replace(name, value);
        }
        path.push_str(match self.path {
            "/api/v1/organisations/{org}/diff/{year}" => "?from=1&to=2",
            "/api/v1/organisations/{org}/import" => "?dry_run=true",
            _ => "",
        });
        let (content_type, body) = self.body(org, cell);
        Request {
            path,
            content_type,
            body,
        }
    }

    fn body(&self, org: &str, cell: usize) -> (Option<&'static str>, Option<Vec<u8>>) {
        let json = |document: Value| {
            let bytes = document.to_string().into_bytes();
            (Some("application/json"), Some(bytes))
        };
        match (self.method, self.path) {
            ("GET" | "DELETE", _) => (None, None),
            (_, "/api/v1/organisations/{org}/import") => {
                let sheet = "claim,title,action,impact_from,2010/11\n\
                             S1,Cheaper paper,reduce-prices,2010-04-01,1000\n";
                (Some("text/csv"), Some(sheet.into()))
            }
            (_, "/api/v1/tokens") => json(json!({
                "token": format!("issued-{cell}"), "person": "subject", "of": org,
                "roles": ["auditor"], "until": "2090-01-01T00:00:00.000Z",
            })),
            (_, "/api/v1/people/{person}") => json(json!({ "name": "Some Body" })),
            (_, "/api/v1/session") => json(json!({})),
            _ => json(json!({ "type": "no-such-command" })),
        }
    }
}

/// The routes of the service's description, each as its method and its path.
pub(crate) fn described(openapi: &Answer) -> Vec<(String, String)> {
    let document = openapi.json();
    // What is served is described, and so is the description itself.
    let mut routes = vec![("GET".to_owned(), "/api/v1/openapi.json".to_owned())];
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            if [
                "get", "put", "post", "delete", "patch", "head", "options", "trace",
            ]
            .contains(&method.as_str())
            {
                routes.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    routes.sort();
    routes.dedup();
    routes
}

/// What the description and the rows do not have in common, in words.
pub(crate) fn differences(described: &[(String, String)], rows: &[Route]) -> Vec<String> {
    let is = |route: &Route, (method, path): &(String, String)| {
        route.method == method && route.path == path
    };
    let without_row = described
        .iter()
        .filter(|served| !rows.iter().any(|row| is(row, served)))
        .map(|(method, path)| format!("{method} {path} has no row"));
    let not_served = rows
        .iter()
        .filter(|row| !described.iter().any(|served| is(row, served)))
        .map(|row| format!("{} {} is not served", row.method, row.path));
    without_row.chain(not_served).collect()
}

#[test]
fn a_route_without_a_row_and_a_row_without_a_route_are_found() {
    let described: Vec<_> = ROUTES
        .iter()
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    assert_eq!(differences(&described, ROUTES), [""; 0]);
    let less = differences(&described, &ROUTES[1..]);
    assert_eq!(less, ["GET /healthz has no row"]);
    let more = differences(&described[1..], ROUTES);
    assert_eq!(more, ["GET /healthz is not served"]);
}
