//! What needs whoever looks, by their rights.

use netgain_answers::pounds::pounds;
use netgain_events::fact::FactKind;
use netgain_events::identifier::ClaimId;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Claim;
use netgain_projections::line::Line;
use netgain_projections::reports::challenges::{Progress, challenges};
use netgain_projections::reports::due::{Standing as DueStanding, due};

use super::Standing;
use crate::components::{Tag, TagColour};
use crate::link::Link;
use crate::standing::Standing as ClaimStanding;
use crate::when::day;

/// How many of each kind are named; the rest is a link away.
const NAMED_MAX: usize = 5;

/// Something that needs somebody.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub(super) title: String,
    pub(super) tag: Tag,
    /// What it is about, in a sentence.
    pub(super) sentence: String,
    pub(super) named: Vec<Named>,
    /// Where all of it is.
    pub(super) all: Option<(String, Link)>,
}

/// A gain that needs somebody.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) reference: String,
    pub(super) text: String,
    pub(super) link: Link,
}

pub(super) fn needs(standing: &Standing<'_>, root: &Link) -> Result<Vec<Need>, SumOverflow> {
    let needs = [
        open_challenges(standing, root),
        checks(standing, root)?,
        to_validate(standing, root)?,
        carry_forward(standing, root),
        kept_out(standing, root)?,
    ];
    Ok(needs.into_iter().flatten().collect())
}

/// `1 gain`, `2 gains`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn checks(standing: &Standing<'_>, root: &Link) -> Result<Option<Need>, SumOverflow> {
    if !standing.may(FactKind::SustainmentChecked) {
        return Ok(None);
    }
    let found = due(
        standing.state,
        standing.today,
        Some(standing.year),
        &NI179_V1,
    )?;
    // What somebody logged and checked themselves waits for somebody else.
    let theirs = |claim: &Option<ClaimId>| {
        let claim = claim.as_ref().and_then(|id| standing.state.claims.get(id));
        claim.is_some_and(|claim| claim.registrant.is(standing.person))
    };
    let waits = |it: &&netgain_projections::reports::due::DueCheck| {
        !(it.standing == DueStanding::OwnCheck && theirs(&it.claim))
    };
    let waiting: Vec<_> = found.checks.iter().filter(waits).collect();
    if waiting.is_empty() {
        return Ok(None);
    }
    let mut at_risk = Sum::ZERO;
    for check in &waiting {
        at_risk = at_risk.plus(check.at_risk)?;
    }
    let overdue = waiting
        .iter()
        .filter(|it| it.standing == DueStanding::Overdue)
        .count();
    let link = root.clone().to("checks").with("year", standing.year.path());
    let tag = if overdue > 0 {
        Tag::new("Overdue").colour(TagColour::Red)
    } else {
        Tag::new("Due").colour(TagColour::Yellow)
    };
    let count = counted(waiting.len(), "check", "checks");
    Ok(Some(Need {
        title: format!("{count} of {} to make", standing.year),
        tag,
        sentence: format!(
            "{} is not assured until somebody has checked that it is still there.",
            pounds(at_risk)
        ),
        named: Vec::new(),
        all: Some(("Make these checks".to_owned(), link)),
    }))
}

fn to_validate(standing: &Standing<'_>, root: &Link) -> Result<Option<Need>, SumOverflow> {
    if !standing.may(FactKind::ClaimValidated) {
        return Ok(None);
    }
    let had_a_hand = |claim: &Claim| {
        claim.registrant.is(standing.person)
            || claim.changed_by.iter().any(|it| it.is(standing.person))
    };
    let (mut named, mut count, mut waiting) = (Vec::new(), 0_usize, Sum::ZERO);
    for (id, claim) in &standing.state.claims {
        if claim.validation.is_some() || had_a_hand(claim) {
            continue;
        }
        let line = Line::of(claim, standing.year, &NI179_V1)?;
        if !line.status.has_amounts() {
            continue;
        }
        let net = line.amounts.net()?;
        count = count.saturating_add(1);
        waiting = waiting.plus(net)?;
        if named.len() < NAMED_MAX {
            let text = format!("{}: {}", claim.details.title, pounds(net));
            named.push(name(root, id, text));
        }
    }
    let all = root
        .clone()
        .to("claims")
        .with("year", standing.year.path())
        .with("validated", "no");
    Ok((count > 0).then(|| Need {
        title: format!("{} to validate", counted(count, "gain", "gains")),
        tag: Tag::new("Not validated").colour(TagColour::Yellow),
        sentence: format!(
            "{} of {} does not count in NI179 until somebody other than whoever logged it stands behind it.",
            pounds(waiting),
            standing.year
        ),
        named,
        all: (count > NAMED_MAX).then(|| ("All gains that nobody has validated".to_owned(), all)),
    }))
}

fn open_challenges(standing: &Standing<'_>, root: &Link) -> Option<Need> {
    let (answers, closes) = (
        standing.may(FactKind::ChallengeAnswered),
        standing.may(FactKind::ChallengeClosed),
    );
    let all = challenges(standing.state, standing.today);
    let open: Vec<_> = all
        .iter()
        .filter(|it| match it.progress {
            Progress::Overdue | Progress::Open => answers,
            Progress::Answered => closes,
            Progress::Upheld | Progress::Dismissed => false,
        })
        .filter(|it| {
            let claim = standing.state.claims.get(&it.claim);
            claim.is_some_and(|claim| claim.withdrawn.is_none())
        })
        .collect();
    let first = open.first()?;
    let overdue = first.progress == Progress::Overdue;
    let named = open.iter().take(NAMED_MAX).map(|it| {
        let state = match (it.progress, it.answer_by) {
            (Progress::Answered, _) => "answered, to be closed".to_owned(),
            (_, Some(by)) => format!("answer by {}", day(by)),
            (_, None) => "no day to answer by".to_owned(),
        };
        let question = netgain_answers::words::short(it.question.as_str(), 100);
        name(root, &it.claim, format!("{question} ({state})"))
    });
    Some(Need {
        title: counted(open.len(), "challenge is open", "challenges are open"),
        tag: if overdue {
            Tag::new("Overdue").colour(TagColour::Red)
        } else {
            Tag::new("Open").colour(TagColour::Yellow)
        },
        sentence: "Somebody doubts these gains.".to_owned(),
        named: named.collect(),
        all: (open.len() > NAMED_MAX).then(|| {
            (
                "All challenges, on the board’s page".to_owned(),
                root.clone().to("board"),
            )
        }),
    })
}

fn carry_forward(standing: &Standing<'_>, root: &Link) -> Option<Need> {
    let declared = standing.state.carry_forward.as_ref()?;
    let waits = declared.validated_by.is_none()
        && !declared.declarer.is(standing.person)
        && standing.may(FactKind::CarryForwardValidated);
    waits.then(|| Need {
        title: "The carry-forward to validate".to_owned(),
        tag: Tag::new("Not validated").colour(TagColour::Yellow),
        sentence: "It does not count in NI179 until somebody other than whoever declared it stands behind it."
            .to_owned(),
        named: Vec::new(),
        all: Some((
            "Validate the carry-forward".to_owned(),
            root.clone().to("settings").to("carry-forward").to("validate"),
        )),
    })
}

/// Gains that cannot count, for those who can amend them.
fn kept_out(standing: &Standing<'_>, root: &Link) -> Result<Option<Need>, SumOverflow> {
    if !standing.may(FactKind::ClaimAmended) {
        return Ok(None);
    }
    let (mut named, mut count) = (Vec::new(), 0_usize);
    for (id, claim) in &standing.state.claims {
        let line = Line::of(claim, standing.year, &NI179_V1)?;
        let stands = ClaimStanding::of(claim, &line, standing.year)?;
        if !stands.is_kept_out() {
            continue;
        }
        count = count.saturating_add(1);
        if named.len() < NAMED_MAX {
            named.push(name(
                root,
                id,
                format!("{}. {}", claim.details.title, stands.sentence),
            ));
        }
    }
    let all = root.clone().to("claims").with("year", standing.year.path());
    Ok((count > 0).then(|| Need {
        title: format!("{} that cannot count", counted(count, "gain", "gains")),
        tag: Tag::new("For information").colour(TagColour::Grey),
        sentence: "Amend what is wrong about them, or leave them as a record.".to_owned(),
        named,
        all: (count > NAMED_MAX).then(|| ("All gains".to_owned(), all)),
    }))
}

fn name(root: &Link, id: &ClaimId, text: String) -> Named {
    Named {
        reference: id.to_string(),
        text,
        link: root.clone().to("claims").to(id),
    }
}
