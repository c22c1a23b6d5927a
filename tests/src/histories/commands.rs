//! Every command of a random history, drawn so that it is legal, and the few that are not.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::values::{ACTIONS, DESCRIPTIVE, LAST_PROFILE_YEAR, SOURCES, year_text};
use super::{Claim, History, NOBODY, Parts, actor_of};

/// Checks need the year to be over by the clock, so none is of a year after this one.
const LAST_CHECK_YEAR: i32 = 2018;

/// A worsened quality ends a gain, so it is the least likely.
const QUALITIES: [&str; 8] = [
    "improved",
    "improved",
    "maintained",
    "maintained",
    "maintained",
    "maintained",
    "maintained",
    "worsened",
];
const PURPOSES: [&str; 6] = [
    "front-line",
    "council-tax",
    "invest-to-save",
    "retained-by-service",
    "returned-to-centre",
    "other",
];

impl History {
    pub(super) fn register_organisation(&mut self) -> Value {
        let mut fields = self.fields("register-organisation");
        fields.insert("name".into(), json!(format!("Council {}", self.org)));
        fields.insert("kind".into(), json!("unitary"));
        fields.insert("sector".into(), json!("local-government"));
        if self.random.chance(50) {
            fields.insert("region".into(), json!("South West"));
        }
        fields.into()
    }

    pub(super) fn register_claim(&mut self) -> Value {
        let mut fields = self.fields("register-claim");
        let reference = self.new_reference();
        self.sign(&mut fields);
        let registrant = actor_of(&fields);
        let (impact_from, impact_year) = self.impact();
        let profile = self.profile(impact_year);
        fields.insert("claim".into(), json!(reference));
        fields.insert("title".into(), json!(format!("Gain {reference}")));
        fields.insert("action".into(), json!(self.random.pick(&ACTIONS)));
        fields.insert("impact_from".into(), json!(impact_from));
        fields.insert("profile".into(), self.profile_json(&profile));
        if self.random.chance(12) {
            fields.insert("source".into(), json!(self.random.pick(&SOURCES)));
            if self.random.chance(35) {
                fields.insert("source_override".into(), json!("agreed by the board"));
            }
        }
        if self.random.chance(10) {
            fields.insert("ongoing".into(), json!(self.random.chance(50)));
        }
        for field in DESCRIPTIVE {
            if self.random.chance(12) {
                self.describe(field, &mut fields);
            }
        }
        self.claims.push(Claim {
            reference,
            registrant,
            touched_by: BTreeSet::new(),
            impact_year,
            profile,
            validated: false,
            withdrawn: false,
            offsets: Parts::default(),
            challenges: Parts::default(),
            redeployments: Parts::default(),
        });
        fields.into()
    }

    /// A reference that no claim has. Capitals sort before small letters and ten before two, since
    /// references go by code point; and now and then two differ by their case only.
    fn new_reference(&mut self) -> String {
        let taken = |reference: &String| self.claims.iter().any(|of| of.reference == *reference);
        let lowered = self
            .claims
            .last()
            .map(|claim| claim.reference.to_ascii_lowercase());
        match lowered.filter(|lowered| !taken(lowered)) {
            Some(lowered) if self.random.chance(30) => lowered,
            _ => {
                let prefix = self.random.pick(&["C", "c", "AS-", "10."]);
                format!("{prefix}{}", self.claims.len() + 1)
            }
        }
    }

    pub(super) fn amend_claim(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let mut fields = self.claim_fields("amend-claim", at);
        fields.insert(
            "reason".into(),
            json!(self.random.pick(&["outturn", "it was wrong"])),
        );
        for _ in 0..=self.random.below(2) {
            self.amend_field(at, &mut fields);
        }
        self.touch(at, &fields);
        Some(fields.into())
    }

    /// Names one field in an amendment, and remembers what that changes.
    fn amend_field(&mut self, at: usize, fields: &mut Map<String, Value>) {
        match self.random.below(20) {
            0..6 => {
                let profile = self.profile(self.claims[at].impact_year);
                fields.insert("profile".into(), self.profile_json(&profile));
                self.claims[at].profile = profile;
            }
            6..8 => {
                // The impact moves no later than the first value above zero, which must follow it.
                let (day, year) = self.impact();
                if self.claims[at]
                    .first_accrual()
                    .is_none_or(|first| year <= first)
                {
                    fields.insert("impact_from".into(), json!(day));
                    self.claims[at].impact_year = year;
                } else {
                    fields.insert("title".into(), json!("Gain under another name"));
                }
            }
            8..10 => {
                fields.insert("action".into(), json!(self.random.pick(&ACTIONS)));
            }
            10..13 => {
                let source = json!(self.random.pick(&SOURCES));
                fields.insert("source".into(), self.or_cleared(source, 30));
                if self.random.chance(40) {
                    fields.insert("source_override".into(), json!("agreed once more"));
                }
            }
            13..15 => {
                let reason = self.or_cleared(json!("agreed by the board"), 40);
                fields.insert("source_override".into(), reason);
            }
            15..17 => {
                let ongoing = json!(self.random.chance(75));
                fields.insert("ongoing".into(), self.or_cleared(ongoing, 40));
            }
            _ => self.amend_description(fields),
        }
    }

    fn amend_description(&mut self, fields: &mut Map<String, Value>) {
        let field = self.random.pick(&DESCRIPTIVE);
        if self.random.chance(60) {
            self.describe(field, fields);
            return;
        }
        fields.insert(field.into(), Value::Null);
        // A technique needs its method, so the method is cleared only together with it.
        if field == "technique" {
            if self.random.chance(50) {
                fields.insert("method".into(), Value::Null);
            } else {
                fields.remove("method");
            }
        }
    }

    pub(super) fn record_offset(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let mut fields = self.claim_fields("record-offset", at);
        // Costs often come before the gain, and must then wait for it.
        let around = self.claims[at].first_accrual().unwrap_or(2009);
        let year = (around + self.random.between(-2, 4)).clamp(2005, LAST_PROFILE_YEAR);
        let pence = match self.random.below(4) {
            0 => self.amount(),
            // Mostly a part of what it buys, so that a claim nets to something.
            _ => self.claims[at].level(around) / i64::from(self.random.between(2, 12)),
        };
        let amount = self.money(pence.max(1));
        fields.insert("offset".into(), json!(self.claims[at].offsets.add("o")));
        fields.insert("year".into(), json!(year_text(year)));
        fields.insert("amount".into(), json!(amount));
        if self.random.chance(50) {
            fields.insert("kind".into(), json!("one-off"));
            if self.random.chance(50) {
                fields.insert("spread_years".into(), json!(self.random.between(1, 7)));
            }
        } else {
            fields.insert("kind".into(), json!("recurring"));
            if self.random.chance(50) {
                let until = year + self.random.between(0, 4);
                fields.insert("until".into(), json!(year_text(until)));
            }
        }
        if self.random.chance(15) {
            fields.insert("incurred_anyway".into(), json!(self.random.chance(70)));
        }
        if self.random.chance(10) {
            fields.insert("funding".into(), json!("Regional partnership grant"));
        }
        self.touch(at, &fields);
        Some(fields.into())
    }

    pub(super) fn cancel_offset(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| !claim.offsets.open.is_empty())?;
        let mut fields = self.claim_fields("cancel-offset", at);
        let offset = self.claims[at].offsets.close(&mut self.random)?;
        fields.insert("offset".into(), json!(offset));
        fields.insert("reason".into(), json!("recorded twice"));
        self.touch(at, &fields);
        Some(fields.into())
    }

    pub(super) fn check_sustainment(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| claim.first_accrual().is_some())?;
        let first_accrual = self.claims[at].first_accrual()?;
        let year = (first_accrual + self.random.between(0, 4)).min(LAST_CHECK_YEAR);
        let mut fields = self.claim_fields("check-sustainment", at);
        fields.insert("year".into(), json!(year_text(year)));
        fields.insert("quality".into(), json!(self.random.pick(&QUALITIES)));
        match self.random.below(10) {
            0..6 => {
                fields.insert("outcome".into(), json!("sustained"));
            }
            6..9 => {
                let level = self.claims[at].level(year);
                // From nothing to a little more than was claimed.
                let verified = level / 10 * i64::from(self.random.between(0, 11));
                fields.insert("outcome".into(), json!("reduced"));
                fields.insert("verified".into(), json!(self.money(verified)));
            }
            _ => {
                fields.insert("outcome".into(), json!("ceased"));
                if self.random.chance(60) {
                    fields.remove("quality");
                }
            }
        }
        if self.random.chance(15) {
            fields.insert("quality_reading".into(), json!("21 days, from 24"));
        }
        Some(fields.into())
    }

    pub(super) fn validate_claim(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let mut fields = self.claim_fields("validate-claim", at);
        let mut barred = self.claims[at].touched_by.clone();
        barred.insert(self.claims[at].registrant.clone());
        let validator = self.someone_else(&barred)?;
        fields.insert("actor".into(), json!(validator));
        if self.random.chance(30) {
            let grade = self.random.pick(&["preliminary", "interim", "final"]);
            fields.insert("grade".into(), json!(grade));
        }
        self.claims[at].touched_by.clear();
        self.claims[at].validated = true;
        Some(fields.into())
    }

    pub(super) fn revoke_validation(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| claim.validated)?;
        let mut fields = self.claim_fields("revoke-validation", at);
        fields.insert("reason".into(), json!("evidence withdrawn"));
        self.claims[at].validated = false;
        Some(fields.into())
    }

    pub(super) fn withdraw_claim(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let mut fields = self.claim_fields("withdraw-claim", at);
        fields.insert("reason".into(), json!("claimed by procurement already"));
        self.claims[at].withdrawn = true;
        Some(fields.into())
    }

    pub(super) fn raise_challenge(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let mut fields = self.claim_fields("raise-challenge", at);
        fields.insert(
            "challenge".into(),
            json!(self.claims[at].challenges.add("q")),
        );
        fields.insert("question".into(), json!("Is the contract cost in?"));
        if self.random.chance(30) {
            fields.insert("answer_by".into(), json!("2012-06-30"));
        }
        Some(fields.into())
    }

    pub(super) fn answer_challenge(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| !claim.challenges.open.is_empty())?;
        let mut fields = self.claim_fields("answer-challenge", at);
        let open = &self.claims[at].challenges.open;
        let challenge = &open[self.random.place(open.len())];
        fields.insert("challenge".into(), json!(challenge));
        fields.insert("answer".into(), json!("It is, as a running cost."));
        Some(fields.into())
    }

    pub(super) fn close_challenge(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| !claim.challenges.open.is_empty())?;
        let mut fields = self.claim_fields("close-challenge", at);
        let challenge = self.claims[at].challenges.close(&mut self.random)?;
        let upheld = self.random.chance(50);
        fields.insert("challenge".into(), json!(challenge));
        fields.insert(
            "outcome".into(),
            json!(if upheld { "upheld" } else { "dismissed" }),
        );
        self.claims[at].validated &= !upheld;
        Some(fields.into())
    }

    pub(super) fn record_redeployment(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let mut fields = self.claim_fields("record-redeployment", at);
        let pence = self.amount();
        fields.insert(
            "redeployment".into(),
            json!(self.claims[at].redeployments.add("r")),
        );
        fields.insert(
            "year".into(),
            json!(year_text(self.random.between(2008, 2014))),
        );
        fields.insert("amount".into(), json!(self.money(pence)));
        fields.insert("purpose".into(), json!(self.random.pick(&PURPOSES)));
        Some(fields.into())
    }

    pub(super) fn cancel_redeployment(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| !claim.redeployments.open.is_empty())?;
        let mut fields = self.claim_fields("cancel-redeployment", at);
        let redeployment = self.claims[at].redeployments.close(&mut self.random)?;
        fields.insert("redeployment".into(), json!(redeployment));
        fields.insert("reason".into(), json!("it was spent elsewhere"));
        Some(fields.into())
    }

    pub(super) fn declare_carry_forward(&mut self) -> Value {
        let mut fields = self.fields("declare-carry-forward");
        self.sign(&mut fields);
        let (ongoing, baseline) = (self.amount(), self.amount());
        fields.insert("ongoing_cashable".into(), json!(self.money(ongoing)));
        fields.insert("baseline_2004_05".into(), json!(self.money(baseline)));
        if self.random.chance(70) {
            let uplifts = [
                "1.0275",
                "1",
                "1.0333333",
                "0.9",
                "1.0000000001",
                "2.5",
                "100.005",
            ];
            fields.insert("uplift".into(), json!(self.random.pick(&uplifts)));
            fields.insert("source".into(), json!("2007/08 backward look"));
        }
        self.declarer = Some(actor_of(&fields));
        fields.into()
    }

    pub(super) fn validate_carry_forward(&mut self) -> Option<Value> {
        let declarer = self.declarer.clone()?;
        let validator = self.someone_else(&BTreeSet::from([declarer]))?;
        let mut fields = self.fields("validate-carry-forward");
        fields.insert("actor".into(), json!(validator));
        Some(fields.into())
    }

    pub(super) fn check_carry_forward(&mut self) -> Option<Value> {
        self.declarer.as_ref()?;
        let mut fields = self.fields("check-carry-forward");
        self.sign(&mut fields);
        let pence = self.amount() - 1;
        fields.insert(
            "year".into(),
            json!(year_text(self.random.between(2007, 2014))),
        );
        fields.insert("verified".into(), json!(self.money(pence)));
        Some(fields.into())
    }

    pub(super) fn set_amount(&mut self, command: &str) -> Value {
        let mut fields = self.fields(command);
        self.sign(&mut fields);
        let pence = self.amount();
        let year = if command == "set-baseline" {
            2007
        } else {
            self.random.between(2008, 2012)
        };
        fields.insert("year".into(), json!(year_text(year)));
        fields.insert("amount".into(), json!(self.money(pence)));
        fields.into()
    }

    /// A command that is refused and changes nothing. None where there is nothing yet to be wrong
    /// about.
    pub(super) fn wrong_command(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let claim = &self.claims[at];
        let (reference, registrant) = (claim.reference.clone(), claim.registrant.clone());
        let first_accrual = claim.first_accrual().unwrap_or(2008);
        let before_impact = year_text(claim.impact_year - 1);
        let withdrawn = self.claims.iter().find(|claim| claim.withdrawn);
        let withdrawn = withdrawn.map_or("nothing".to_owned(), |claim| claim.reference.clone());
        let (command, own) = match self.random.below(8) {
            0 if registrant != NOBODY => (
                "validate-claim",
                json!({ "claim": reference, "actor": registrant }),
            ),
            1 => {
                let profile = json!({ before_impact: "1000" });
                (
                    "amend-claim",
                    json!({ "claim": reference, "reason": "x", "profile": profile }),
                )
            }
            2 => {
                let year = year_text(first_accrual - 1);
                let outcome = json!("ceased");
                (
                    "check-sustainment",
                    json!({ "claim": reference, "year": year, "outcome": outcome }),
                )
            }
            3 => {
                let reason = json!("it never was");
                (
                    "cancel-offset",
                    json!({ "claim": reference, "offset": "o0", "reason": reason }),
                )
            }
            4 => (
                "validate-claim",
                json!({ "claim": withdrawn, "actor": "bob" }),
            ),
            5 => {
                let outcome = json!("upheld");
                (
                    "close-challenge",
                    json!({ "claim": reference, "challenge": "q0", "outcome": outcome }),
                )
            }
            6 => {
                let day = json!("2030-04-01");
                (
                    "amend-claim",
                    json!({ "claim": reference, "reason": "x", "review_by": day, "spread": 1 }),
                )
            }
            _ => (
                "validate-claim",
                json!({ "claim": reference.to_lowercase() + "-x" }),
            ),
        };
        let mut fields = self.fields(command);
        fields.extend(own.as_object().cloned().unwrap_or_default());
        Some(fields.into())
    }
}
