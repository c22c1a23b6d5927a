//! The forms about gains and about the organisation: each shown empty, shown again with what is wrong, and
//! recorded.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use netgain_answers::parameters;
use netgain_events::state::Organisation;
use netgain_pages::figures::Figures;
use netgain_pages::forms::amend::Amend;
use netgain_pages::forms::carry_forward::{DeclareCarryForward, ValidateCarryForward};
use netgain_pages::forms::challenge::{AnswerChallenge, CloseChallenge, RaiseChallenge};
use netgain_pages::forms::check::CheckOne;
use netgain_pages::forms::form::{self, Form};
use netgain_pages::forms::log_gain::LogGain;
use netgain_pages::forms::offset::{AddCost, CancelCost};
use netgain_pages::forms::place::{NoForm, Place};
use netgain_pages::forms::problems::Problems;
use netgain_pages::forms::redeployment::{CancelUse, RecordUse};
use netgain_pages::forms::settings::{SetBaseline, SetTarget};
use netgain_pages::forms::typed::Typed;
use netgain_pages::forms::validate::{Revoke, Validate};
use netgain_pages::forms::withdraw::Withdraw;
use netgain_pages::pages::form::{FormPage, Preview};
use serde::Deserialize;
use serde_json::Value;

use super::PageRoutes;
use super::failed::{PageResult, html, html_with};
use super::form::SentBy;
use super::record::{Came, once, record, rehearsed};
use super::visitor::{Visit, Visitor};
use crate::problem::Problem;
use crate::routes::extract::Path;
use crate::service::Service;

type Make = fn(&Place<'_>) -> Result<Box<dyn Form>, NoForm>;

/// Every form and its address.
const FORMS: [(&str, Make); 17] = [
    ("/organisations/{org}/log-a-gain", |place| {
        Ok(Box::new(LogGain::new(place)?))
    }),
    ("/organisations/{org}/claims/{claim}/amend", |place| {
        Ok(Box::new(Amend::new(place)?))
    }),
    ("/organisations/{org}/claims/{claim}/withdraw", |place| {
        Ok(Box::new(Withdraw::new(place)?))
    }),
    ("/organisations/{org}/claims/{claim}/validate", |place| {
        Ok(Box::new(Validate::new(place)?))
    }),
    ("/organisations/{org}/claims/{claim}/revoke", |place| {
        Ok(Box::new(Revoke::new(place)?))
    }),
    ("/organisations/{org}/claims/{claim}/check", |place| {
        Ok(Box::new(CheckOne::new(place)?))
    }),
    ("/organisations/{org}/claims/{claim}/offsets/new", |place| {
        Ok(Box::new(AddCost::new(place)?))
    }),
    (
        "/organisations/{org}/claims/{claim}/offsets/{part}/cancel",
        |place| Ok(Box::new(CancelCost::new(place)?)),
    ),
    (
        "/organisations/{org}/claims/{claim}/challenges/new",
        |place| Ok(Box::new(RaiseChallenge::new(place)?)),
    ),
    (
        "/organisations/{org}/claims/{claim}/challenges/{part}/answer",
        |place| Ok(Box::new(AnswerChallenge::new(place)?)),
    ),
    (
        "/organisations/{org}/claims/{claim}/challenges/{part}/close",
        |place| Ok(Box::new(CloseChallenge::new(place)?)),
    ),
    (
        "/organisations/{org}/claims/{claim}/redeployments/new",
        |place| Ok(Box::new(RecordUse::new(place)?)),
    ),
    (
        "/organisations/{org}/claims/{claim}/redeployments/{part}/cancel",
        |place| Ok(Box::new(CancelUse::new(place)?)),
    ),
    ("/organisations/{org}/settings/baseline", |place| {
        Ok(Box::new(SetBaseline::new(place)?))
    }),
    ("/organisations/{org}/settings/target", |place| {
        Ok(Box::new(SetTarget::new(place)?))
    }),
    ("/organisations/{org}/settings/carry-forward", |place| {
        Ok(Box::new(DeclareCarryForward::new(place)?))
    }),
    (
        "/organisations/{org}/settings/carry-forward/validate",
        |place| Ok(Box::new(ValidateCarryForward::new(place)?)),
    ),
];

/// Where a form stands, by its address.
#[derive(Deserialize)]
struct At {
    org: String,
    #[serde(default)]
    claim: Option<String>,
    #[serde(default)]
    part: Option<String>,
}

/// What an address asks for besides.
#[derive(Deserialize)]
struct For {
    /// The year that stands in the form from the start.
    year: Option<String>,
}

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    FORMS.into_iter().fold(routes, |routes, (address, make)| {
        let show =
            move |service: State<Arc<Service>>,
                  visitor: Visitor,
                  at: Path<At>,
                  asked: Query<For>| { show(service, visitor, at, asked, make) };
        let send = move |service: State<Arc<Service>>, at: Path<At>, sent: SentBy| {
            send(service, at, sent, make)
        };
        routes.route(address, get(show).post(send))
    })
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(at): Path<At>,
    Query(asked): Query<For>,
    make: Make,
) -> PageResult {
    let visit = visitor.visit(&service, &at.org)?;
    let state = service.state(&visit.readable).await?;
    let year = asked.year.as_deref().map(parameters::year).transpose()?;
    let form = made(make, &at, &service, &state, year)?;
    let typed = form.fresh();
    let form_page = FormOf {
        service: &service,
        visit: &visit,
        state: &state,
        form: &*form,
    };
    form_page.permitted()?;
    html(&form_page.page(&typed, &Problems::default())?)
}

async fn send(
    State(service): State<Arc<Service>>,
    Path(at): Path<At>,
    SentBy(visitor, typed): SentBy,
    make: Make,
) -> PageResult {
    let visit = visitor.visit(&service, &at.org)?;
    let state = service.state(&visit.readable).await?;
    let form = made(make, &at, &service, &state, None)?;
    let form_of = FormOf {
        service: &service,
        visit: &visit,
        state: &state,
        form: &*form,
    };
    form_of.answer(&typed, |page| page).await
}

fn made(
    make: Make,
    at: &At,
    service: &Service,
    state: &Organisation,
    year: Option<netgain_events::financial_year::FinancialYear>,
) -> Result<Box<dyn Form>, Problem> {
    let place = Place {
        state,
        claim: at.claim.as_deref(),
        part: at.part.as_deref(),
        year,
        today: service.now().day(),
    };
    make(&place).map_err(|NoForm(sentence)| Problem::not_found("no-form", sentence))
}

/// A form in somebody's hands.
pub(super) struct FormOf<'f> {
    pub(super) service: &'f Service,
    pub(super) visit: &'f Visit,
    /// What the form was made from.
    pub(super) state: &'f Organisation,
    pub(super) form: &'f dyn Form,
}

impl FormOf<'_> {
    /// Refuses whoever has no right to it, before they type anything.
    pub(super) fn permitted(&self) -> Result<(), Problem> {
        let allowed = self.visit.authority.check(self.form.kind());
        allowed.map_err(|refusal| Problem::from(&refusal))
    }

    /// The page with what was typed.
    pub(super) fn page(&self, typed: &Typed, problems: &Problems) -> Result<FormPage, Problem> {
        let cover = self.form.cover();
        let frame = self
            .visit
            .frame(self.service, self.state, cover.tab, cover.title);
        let once = match typed.some("once") {
            Some(again) => again.to_owned(),
            None => once()?,
        };
        Ok(FormPage::new(frame, self.form, typed, problems, once))
    }

    /// Answers what was sent: records it, or shows it again with what is wrong or what it would count.
    pub(super) async fn answer(
        &self,
        typed: &Typed,
        complete: impl FnOnce(FormPage) -> FormPage,
    ) -> PageResult {
        self.permitted()?;
        if self.form.changes_figures() && typed.raw("intent") == "preview" {
            let page = self.page(typed, &Problems::default())?;
            return html(&complete(page).preview(self.preview(typed)?));
        }
        let commands = match form::read(self.form, typed) {
            Ok(commands) => commands,
            Err(problems) => return self.again(typed, &problems, complete),
        };
        match record(
            self.service,
            self.visit,
            &body(&commands),
            typed.some("once"),
        )
        .await?
        {
            Came::Recorded(position) => {
                let done = self.form.done(&commands).with("recorded", position);
                Ok(Redirect::to(&done.to_string()).into_response())
            }
            Came::Refused(refused) => {
                self.again(typed, &self.problems(&commands, &refused), complete)
            }
        }
    }

    fn again(
        &self,
        typed: &Typed,
        problems: &Problems,
        complete: impl FnOnce(FormPage) -> FormPage,
    ) -> PageResult {
        let mut page = complete(self.page(typed, problems)?);
        if self.form.changes_figures() {
            page = page.preview(self.preview(typed)?);
        }
        html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }

    fn problems(
        &self,
        commands: &[Value],
        refused: &[(usize, netgain_events::refusal::Refusal)],
    ) -> Problems {
        let mut problems = Problems::default();
        for (place, refusal) in refused {
            let command = commands.get(*place).unwrap_or(&Value::Null);
            problems.refused(refusal, |field| self.form.field_of(command, field));
        }
        problems
    }

    /// What the gain would count if the form were recorded as it is.
    fn preview(&self, typed: &Typed) -> Result<Preview, Problem> {
        let typed = self.form.for_figures(typed);
        let commands = match form::read(self.form, &typed) {
            Ok(commands) => commands,
            Err(problems) => return Ok(Preview::not_yet(&problems)),
        };
        match rehearsed(self.service, self.visit, self.state, &body(&commands))? {
            Err(refused) => Ok(Preview::not_yet(&self.problems(&commands, &refused))),
            Ok(rehearsal) => {
                let claim = form::claim_of(&commands);
                let claim = claim.and_then(|claim| rehearsal.state.claims.get(&claim));
                let Some(claim) = claim else {
                    return Ok(Preview::NotAsked);
                };
                let figures = Figures::of(claim)
                    .map_err(|error| Problem::fault("figures could not be added up", &error))?;
                Ok(Preview::Would(Box::new(figures)))
            }
        }
    }
}

/// One command as itself, several as an array that is recorded together.
fn body(commands: &[Value]) -> Value {
    match commands {
        [only] => only.clone(),
        several => Value::Array(several.to_vec()),
    }
}
