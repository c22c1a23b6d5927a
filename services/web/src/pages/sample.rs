//! `/organisations/{org}/sample`: draws an audit sample from what is sealed.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use netgain_answers::evidence::recorded;
use netgain_answers::{known, parameters, totals};
use netgain_events::authority::Reading;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::history::KnownAt;
use netgain_ledger::log::LogRead;
use netgain_pages::forms::problems::Problems;
use netgain_pages::frame::Tab;
use netgain_pages::pages::sample::{Asked, Drawn, Sample, SamplePage};
use netgain_pages::year::{default_year, years};
use netgain_projections::totals::Totals;
use netgain_proof::registry::{Registered, Registry};
use netgain_proof::sample::{METHOD, SampleError, draw};
use netgain_verify::checkpoint::Checkpoint;
use serde::Deserialize;

use super::PageRoutes;
use super::failed::{PageResult, html, html_with};
use super::visitor::Visitor;
use super::why::typed;
use crate::problem::Problem;
use crate::service::Service;

/// The most draws of a page: as many as somebody reads down. The command line draws more.
const DRAWS_SHOWN_MAX: u32 = 500;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/sample", get(show))
}

/// Which sample. Without a size and a seed there is only the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SampleQuery {
    year: String,
    size: String,
    seed: String,
    /// The position that an earlier seal covers: the newest seal unless named.
    position: String,
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<SampleQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    visitor
        .asker
        .may_read(&service, visit.org(), Reading::Proof)?;
    let state = service.state(&visit.readable).await?;
    let today = service.now().day();
    let year = match typed(&query.year) {
        None => default_year(&state, today),
        Some(text) => parameters::year(text)?,
    };
    totals::check_year(year)?;
    let asked = Asked {
        org: &state.org,
        year,
        size: query.size.trim(),
        seed: query.seed.trim(),
    };
    let mut problems = Problems::default();
    let sample = if asked.size.is_empty() && asked.seed.is_empty() {
        None
    } else {
        let position = typed(&query.position);
        let position = position.map(|text| parameters::position("position", text));
        sample(&service, &asked, position.transpose()?, &mut problems).await?
    };
    let years = years(&state, today);
    let frame = visit.frame(&service, &state, Tab::History, "Draw an audit sample");
    let page = SamplePage::new(frame, &asked, &years, sample, &problems);
    if problems.is_empty() {
        html(&page)
    } else {
        html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }
}

async fn sample(
    service: &Arc<Service>,
    asked: &Asked<'_>,
    position: Option<Position>,
    problems: &mut Problems,
) -> Result<Option<Sample>, Problem> {
    let draws: Option<u32> = asked.size.parse().ok();
    let Some(draws) = draws.filter(|draws| (1..=DRAWS_SHOWN_MAX).contains(draws)) else {
        problems.of_field(
            "size",
            format!("Enter how many draws, 1 to {DRAWS_SHOWN_MAX}; the command line makes more"),
        );
        return Ok(None);
    };
    if asked.seed.is_empty() {
        problems.of_field(
            "seed",
            "Enter a seed, such as dice thrown before witnesses: 3 5 1 6 2",
        );
        return Ok(None);
    }
    let newest = service.seals.checkpoint(asked.org);
    let newest = newest.map(|sealed| sealed.checkpoint().clone());
    let (org, year, seed) = (asked.org.clone(), asked.year, asked.seed.to_owned());
    let outcome = service
        .reading(move |service| {
            let Some(checkpoint) = checkpoint(service, &org, position, newest.as_ref())? else {
                return Ok(Err(NotDrawn::NotSealed));
            };
            let is_earlier = newest.is_some_and(|newest| newest.size > checkpoint.size);
            let log = &**service.ledger.log();
            let outcome = draw_at(log, &org, year, &checkpoint, &seed, draws)?;
            Ok(outcome
                .map(|sample| Sample {
                    is_earlier,
                    ..sample
                })
                .map_err(NotDrawn::Refused))
        })
        .await?;
    match outcome {
        Ok(sample) => Ok(Some(sample)),
        Err(NotDrawn::NotSealed) => {
            problems.of_whole(
                "Nothing is sealed there to draw from. Whatever is recorded is sealed within a second or \
                 two: try again.",
            );
            Ok(None)
        }
        Err(NotDrawn::Refused(error)) => {
            problems.of_field(field_of(&error), sentence(&error));
            Ok(None)
        }
    }
}

enum NotDrawn {
    NotSealed,
    Refused(SampleError),
}

const fn field_of(error: &SampleError) -> &'static str {
    match error {
        SampleError::Draws { .. } => "size",
        SampleError::Seed => "seed",
        SampleError::OtherPosition { .. } | SampleError::Nothing | SampleError::TooLarge => "year",
    }
}

fn sentence(error: &SampleError) -> String {
    let words = error.to_string();
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// The checkpoint that covers exactly that position, or the newest.
fn checkpoint(
    service: &Service,
    org: &OrgId,
    position: Option<Position>,
    newest: Option<&Checkpoint>,
) -> Result<Option<Checkpoint>, Problem> {
    let Some(position) = position else {
        return Ok(newest.cloned());
    };
    if let Some(newest) = newest.filter(|newest| newest.size == position.get()) {
        return Ok(Some(newest.clone()));
    }
    let mut found = None;
    let mut visit = |registered: Registered<'_>| {
        let checkpoint = registered.checkpoint.checkpoint();
        if registered.org == org && checkpoint.size == position.get() {
            found = Some(checkpoint.clone());
        }
    };
    let (ledger, keys) = (service.ledger.log().ledger(), &service.keys);
    Registry::read(&service.checkpoints, ledger, keys, None, &mut visit)
        .map_err(|error| Problem::fault("the registry could not be read", &error))?;
    Ok(found)
}

fn draw_at(
    log: &dyn LogRead,
    org: &OrgId,
    year: FinancialYear,
    checkpoint: &Checkpoint,
    seed: &str,
    draws: u32,
) -> Result<Result<Sample, SampleError>, Problem> {
    let position = Position::new(checkpoint.size);
    let state = known::state(log, None, org, KnownAt::Position(position))?;
    let totals: Totals<'_> = totals::totals(&state, year)?;
    let sample = match draw(&totals, checkpoint, seed, draws) {
        Ok(sample) => sample,
        Err(error) => return Ok(Err(error)),
    };
    let recorded = recorded(log, org, position)?;
    let claims = sample.claims.into_iter().map(|it| Drawn {
        title: state
            .claim(&it.claim)
            .map(|claim| claim.details.title.to_string())
            .unwrap_or_default(),
        recorded: recorded.get(&it.claim).copied().unwrap_or_default(),
        claim: it.claim,
        effect: it.effect,
        hits: it.hits,
    });
    Ok(Ok(Sample {
        root: sample.root.to_string(),
        position,
        method: METHOD,
        seed: sample.seed,
        draws: sample.draws,
        total: sample.total,
        interval: sample.interval,
        claims: claims.collect(),
        is_earlier: false,
    }))
}
