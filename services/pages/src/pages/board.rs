//! The efficiency board's page for its meeting: where the year stands, what moved, what is at risk.
//!
//! Every figure is worked out from one state, so that all of them are of one position. Its parts that
//! change with what is recorded are marked `data-live-part`; forms are not, so that nothing typed is lost.

mod amounts;
mod at_risk;
mod bases;
mod challenge_history;
mod challenges;
mod gains;
mod groups;
mod headline;
mod meetings;
mod nets;
mod part;
mod path;
mod uses;

use askama::Template;
use chrono::NaiveDate;
use netgain_answers::pounds::pounds;
use netgain_events::money::SumOverflow;
use netgain_events::state::Organisation;
use netgain_projections::reports::breakdown::Heading;
use netgain_projections::reports::shares::shares;
use netgain_projections::totals::Totals;

pub(super) use self::amounts::Pounds;
use self::at_risk::AtRisk;
use self::bases::Bases;
pub use self::challenge_history::ChallengeHistory;
use self::challenges::Challenges;
pub use self::challenges::has_challenges;
use self::gains::Gains;
use self::groups::GroupTable;
use self::headline::Headline;
pub use self::headline::{Earlier, Point, Since};
use self::meetings::MeetingList;
pub use self::meetings::{Meetings, meeting_date};
pub use self::nets::Nets;
pub use self::part::Part;
use self::path::TargetPath;
use self::uses::Uses;
use crate::components::{ErrorSummary, Input, NotificationBanner};
use crate::frame::Frame;
use crate::known::Known;
use crate::link::Link;
use crate::lookup::Lookup;
use crate::year;

/// What a board looks at.
#[derive(Clone, Debug)]
pub struct Board<'s> {
    /// The organisation as known.
    pub state: &'s Organisation,
    /// At which knowledge.
    pub known: Known,
    /// The year's totals.
    pub totals: &'s Totals<'s>,
    /// Today, for the choice of years and for what is still to come.
    pub today: NaiveDate,
    /// The day that the page looks from, for what is due: today, or when it was known.
    pub at: NaiveDate,
    /// What it is compared with.
    pub since: Since,
    /// A part of the organisation that is looked at by itself.
    pub part: Option<Part>,
    /// When challenges were raised, answered and closed.
    pub challenges: &'s ChallengeHistory,
    /// When the board meets.
    pub meetings: Meetings,
    /// Whether whoever looks may raise a challenge, here and now.
    pub may_challenge: bool,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board.html")]
pub struct BoardPage {
    frame: Frame,
    problems: Option<ErrorSummary>,
    said: Option<NotificationBanner>,
    organisation: String,
    known: Known,
    lookup: Lookup,
    since: SinceForm,
    has_gains: bool,
    headline: Headline,
    path: TargetPath,
    bases: Bases,
    tables: Vec<GroupTable>,
    part_tables: Vec<GroupTable>,
    at_risk: AtRisk,
    uses: Uses,
    challenges: Challenges,
    is_of_a_part: bool,
    gains: Gains,
    meetings: MeetingList,
}

/// Where somebody says what the page is compared with.
#[derive(Clone, Debug)]
struct SinceForm {
    address: Link,
    keep: Vec<(&'static str, String)>,
    field: Input,
}

impl BoardPage {
    /// The page of what a board looks at.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(mut frame: Frame, board: Board<'_>) -> Result<Self, SumOverflow> {
        let Board {
            state,
            known,
            totals,
            ..
        } = board;
        let (org, year) = (&state.org, totals.year);
        let root = Link::organisation(org).to("board");
        let of_year = known.carry(root.clone().with("year", year.path()));
        let nets = Nets::of(totals);
        let path = TargetPath::of(state, year, totals.rules)?;
        let (challenges, doubted) =
            Challenges::of(state, board.challenges, board.at, board.may_challenge);
        let of_baseline = path.of_baseline().map(str::to_owned);
        let distance = path.distance();
        let part = board.part.as_ref();

        frame.live = known.is_now().then(|| year.path());
        frame.known = Some(known.clone());
        frame.has_errors = !board.meetings.problems.is_empty() || board.since.problem.is_some();
        let mut problems = board.meetings.problems.clone();
        if let Some(problem) = &board.since.problem {
            problems.of_field("since", problem);
        }
        let parameter = part.map(Part::parameter);
        let mut lookup = Lookup::new(root.clone(), known.clone())
            .years(&year::years(state, board.today), year)
            .keep("since", non_empty(&board.since.typed));
        if let Some((name, value)) = &parameter {
            lookup = lookup.keep(name, Some(value));
        }
        Ok(Self {
            problems: problems.summary(),
            said: meetings::said(&board.meetings),
            organisation: frame
                .place
                .as_ref()
                .map_or_else(|| org.to_string(), |place| place.name.clone()),
            lookup,
            since: since_form(root, &known, year.path(), parameter, &board.since),
            has_gains: !state.claims.is_empty() || state.carry_forward.is_some(),
            headline: Headline::of(year, &known, nets, distance, of_baseline, &board.since)?,
            path,
            bases: Bases::of(nets)?,
            tables: tables(totals)?,
            part_tables: part_tables(state, totals, &of_year)?,
            at_risk: AtRisk::of(state, totals, board.at, &doubted)?,
            uses: Uses::of(state, totals)?,
            challenges,
            is_of_a_part: part.is_some(),
            gains: Gains::of(state, totals, part, &of_year, board.may_challenge)?,
            meetings: MeetingList::of(org, year, board.today, &board.meetings),
            known,
            frame,
        })
    }
}

fn non_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn since_form(
    address: Link,
    known: &Known,
    year: String,
    part: Option<(&'static str, String)>,
    since: &Since,
) -> SinceForm {
    let mut keep = vec![("year", year)];
    let position = known.asked_position.clone();
    keep.extend(position.map(|position| ("position", position)));
    let known_at = known.asked_known_at.clone();
    keep.extend(known_at.map(|known_at| ("known_at", known_at)));
    keep.extend(part);
    let field = Input::new("since", "Movement since")
        .hint("The end of a day, for example 2011-07-31, or a position. Empty: the last meeting.")
        .value(since.typed.clone())
        .spellcheck(false)
        .width(10)
        .error_message_if(since.problem.as_deref());
    SinceForm {
        address,
        keep,
        field,
    }
}

/// By function, with the back-office share, by method and technique, and by approach.
fn tables(totals: &Totals<'_>) -> Result<Vec<GroupTable>, SumOverflow> {
    let shares = shares(totals)?;
    let mut tables = Vec::new();
    for heading in [
        Heading::Function,
        Heading::Method,
        Heading::Technique,
        Heading::Approach,
    ] {
        let Some(mut table) = GroupTable::of(totals, &heading, |_| None)? else {
            continue;
        };
        if heading == Heading::Function
            && let Some(percent) = shares.back_office.percent
        {
            table = table.note(format!(
                "Back office: {}, which is {percent}% of what gains claim.",
                pounds(shares.back_office.part)
            ));
        }
        tables.push(table);
    }
    Ok(tables)
}

/// By service and by the commonest labels, each group with its own figures behind its link.
fn part_tables(
    state: &Organisation,
    totals: &Totals<'_>,
    board: &Link,
) -> Result<Vec<GroupTable>, SumOverflow> {
    let mut tables = Vec::new();
    let by_service = |value: &str| {
        let part = Part::of_address(value, "")?;
        Some(part.carry(board.clone()))
    };
    tables.extend(GroupTable::of(totals, &Heading::Service, by_service)?);
    for key in part::common_labels(state) {
        let by_label = |value: &str| {
            let part = Part::of_address("", &format!("{key}:{value}"))?;
            Some(part.carry(board.clone()))
        };
        tables.extend(GroupTable::of(
            totals,
            &Heading::Label(key.clone()),
            by_label,
        )?);
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use netgain_events::ruleset::NI179_V1;

    use super::*;
    use crate::frame::{Place, Tab};
    use crate::testing::{events, log, sampleborough};

    fn page(part: Option<Part>, known: Option<&str>) -> BoardPage {
        let state = sampleborough();
        let totals = Totals::of(&state, "2010/11".parse().unwrap(), &NI179_V1).unwrap();
        let mut challenges = ChallengeHistory::default();
        for (_, event) in events(&log()) {
            challenges.apply(&event);
        }
        let known = Known {
            org: state.org.clone(),
            position: state.position,
            recorded_at: Some(state.recorded_at),
            last: state.position,
            asked_position: known.map(str::to_owned),
            asked_known_at: None,
        };
        let frame = Frame {
            place: Some(Place {
                org: state.org.clone(),
                name: "Sampleborough".into(),
                tab: Tab::Board,
            }),
            ..Frame::new("Efficiency board")
        };
        let board = Board {
            state: &state,
            known,
            totals: &totals,
            today: "2011-08-02".parse().unwrap(),
            at: "2011-08-02".parse().unwrap(),
            since: Since::default(),
            part,
            challenges: &challenges,
            meetings: Meetings::default(),
            may_challenge: true,
        };
        BoardPage::new(frame, board).unwrap()
    }

    #[test]
    fn the_figures_are_those_of_the_totals() {
        let state = sampleborough();
        let totals = Totals::of(&state, "2010/11".parse().unwrap(), &NI179_V1).unwrap();
        let html = page(None, None).to_string();
        for basis in [&totals.claimed, &totals.validated, &totals.assured] {
            assert!(html.contains(&pounds(basis.net)), "{}", pounds(basis.net));
        }
        let figure = format!(
            "<p class=\"ng-figure\">{}</p>",
            pounds(totals.validated.net)
        );
        assert!(html.contains(&figure), "{figure}");
        assert!(html.contains(&format!("data-position=\"{}\"", state.position)));
    }

    #[test]
    fn only_what_is_known_now_is_watched() {
        let live = "data-live=\"/api/v1/organisations/X00000001/live/2010-11\"";
        assert!(page(None, None).to_string().contains(live));
        assert!(!page(None, Some("112")).to_string().contains(live));
    }

    #[test]
    fn a_part_comes_with_the_way_back() {
        let part = Part::of_address("Environment", "");
        let html = page(part, None).to_string();
        assert!(html.contains("Service: Environment"));
        assert!(html.contains("Back to the whole organisation"));
        let html = page(None, None).to_string();
        assert!(html.contains("service=Environment"), "a link to the part");
        assert!(html.contains("Largest gains"));
    }

    #[test]
    fn every_part_that_is_kept_up_to_date_has_an_id_of_its_own() {
        let html = page(None, None).to_string();
        let mut ids = std::collections::BTreeSet::new();
        let tags = html
            .split('<')
            .filter(|tag| tag.contains(" data-live-part"));
        for tag in tags {
            let id = tag
                .split("id=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            assert!(ids.insert(id.unwrap().to_owned()), "{tag}");
        }
        assert!(ids.len() >= 8, "{ids:?}");
    }
}
