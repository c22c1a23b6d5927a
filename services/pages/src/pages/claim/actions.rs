//! What whoever looks can do next about a gain, by their rights.

use netgain_events::fact::FactKind;

use super::Looking;
use crate::components::Button;
use crate::link::Link;

/// What can be done.
#[derive(Clone, Debug, Default)]
pub(super) struct Actions {
    /// The buttons, the most wanted first.
    pub(super) buttons: Vec<Button>,
    /// Why it cannot be validated by whoever looks, where that is all that keeps them from it.
    pub(super) why_not_validate: Option<&'static str>,
    pub(super) add_cost: Option<Link>,
    pub(super) check: Option<Link>,
    pub(super) raise: Option<Link>,
    pub(super) record_use: Option<Link>,
    /// Everything that they may record about it.
    allowed: Vec<FactKind>,
}

impl Actions {
    /// Nothing can be recorded from an earlier knowledge, or about a gain that was withdrawn.
    pub(super) fn new(looking: &Looking<'_>, page: &Link) -> Self {
        let claim = looking.claim;
        if !looking.known.is_now() || claim.withdrawn.is_some() {
            return Self::default();
        }
        let may = |kind| looking.authority.check(kind).is_ok();
        let to = |part: &str| page.clone().to(part);
        let had_a_hand = claim.registrant.is(looking.person)
            || claim.changed_by.iter().any(|it| it.is(looking.person));
        let mut actions = Self {
            add_cost: may(FactKind::OffsetRecorded).then(|| to("offsets").to("new")),
            check: may(FactKind::SustainmentChecked).then(|| to("check")),
            raise: may(FactKind::ChallengeRaised).then(|| to("challenges").to("new")),
            record_use: may(FactKind::RedeploymentRecorded).then(|| to("redeployments").to("new")),
            allowed: FactKind::ALL
                .iter()
                .copied()
                .filter(|kind| may(*kind))
                .collect(),
            ..Self::default()
        };
        if may(FactKind::ClaimValidated) && claim.validation.is_none() {
            if had_a_hand {
                let why = "You logged or changed this gain, so somebody else has to validate it.";
                actions.why_not_validate = Some(why);
            } else {
                let validate = Button::new("Validate").href(to("validate").to_string());
                actions.buttons.push(validate);
            }
        }
        let mut button = |allowed, text: &str, part: &str| {
            if allowed {
                let button = Button::new(text).secondary().href(to(part).to_string());
                actions.buttons.push(button);
            }
        };
        button(may(FactKind::ClaimAmended), "Amend", "amend");
        let revoke = may(FactKind::ValidationRevoked) && claim.validation.is_some();
        button(revoke, "Revoke the validation", "revoke");
        button(may(FactKind::ClaimWithdrawn), "Withdraw", "withdraw");
        actions
    }

    /// Whether they may record that about it.
    pub(super) fn allow(&self, kind: FactKind) -> bool {
        self.allowed.contains(&kind)
    }

    pub(super) fn cancel_costs(&self) -> bool {
        self.allow(FactKind::OffsetCancelled)
    }

    pub(super) fn cancel_uses(&self) -> bool {
        self.allow(FactKind::RedeploymentCancelled)
    }
}
