//! As much of a browser as signing in needs: it keeps cookies, follows redirects and fills in forms.

use std::collections::BTreeMap;

use netgain_sign_in::oidc::Url;
use ureq::Agent;
use ureq::http::{Request, Response};

/// Where the provider sends the browser back to. Nobody listens there: the test is the service.
pub(crate) const REDIRECT: &str = "http://127.0.0.1:1/back";

/// The most steps of a sign-in.
const STEPS_MAX: usize = 20;

/// What the browser brought back.
#[derive(Debug)]
pub(crate) struct BroughtBack {
    pub(crate) state: String,
    pub(crate) code: String,
}

/// Goes to the address, signs in as that person, agrees to everything, and comes back.
pub(crate) fn sign_in(address: Url, person: &str) -> BroughtBack {
    let mut browser = Browser::new();
    let mut page = browser.get(&address);
    let mut address = address;
    for _ in 0..STEPS_MAX {
        if let Some(next) = page.headers().get("location") {
            address = address.join(next.to_str().unwrap()).unwrap();
            if address.as_str().starts_with(REDIRECT) {
                return brought_back(&address);
            }
            page = browser.get(&address);
            continue;
        }
        let text = page.body_mut().read_to_string().unwrap();
        let form = if text.contains(r#"name="prompt" value="login""#) {
            format!("prompt=login&login={person}&password=any")
        } else if text.contains(r#"name="prompt" value="consent""#) {
            "prompt=consent".to_owned()
        } else {
            panic!("{address} is neither a login nor a consent: {text}");
        };
        page = browser.post(&address, &form);
    }
    panic!("signing in takes more than {STEPS_MAX} steps");
}

fn brought_back(address: &Url) -> BroughtBack {
    let said: BTreeMap<_, _> = address.query_pairs().into_owned().collect();
    assert!(!said.contains_key("error"), "{said:?}");
    BroughtBack {
        state: said["state"].clone(),
        code: said["code"].clone(),
    }
}

struct Browser {
    agent: Agent,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false);
        Self {
            agent: config.build().new_agent(),
            cookies: BTreeMap::new(),
        }
    }

    fn get(&mut self, address: &Url) -> Response<ureq::Body> {
        self.send(Request::get(address.as_str()), String::new())
    }

    fn post(&mut self, address: &Url, form: &str) -> Response<ureq::Body> {
        let request = Request::post(address.as_str())
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form.to_owned())
    }

    fn send(
        &mut self,
        request: ureq::http::request::Builder,
        body: String,
    ) -> Response<ureq::Body> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header("cookie", cookies.join("; "))
            .body(body)
            .unwrap();
        let response = self.agent.run(request).unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }
}
