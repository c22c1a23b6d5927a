//! Histories nobody wrote by hand: small ones that visit every corner of the rules, and a large,
//! plain workload for measuring. The same seed gives the same history, always and everywhere.

mod random;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

pub use random::Random;
pub use workload::bulk;

/// The people of a random history. Two of them are one person: actors are compared without case.
const ACTORS: [&str; 5] = ["ann", "Ann", "bob", "cat", "dan"];

/// How many commands in a hundred are wrong on purpose, so that a refusal in the middle of a
/// history is met too.
const WRONG_PERCENT: u64 = 3;

const FIRST_PROFILE_YEAR: i32 = 2006;
const LAST_PROFILE_YEAR: i32 = 2016;
/// Checks need the year to be over by the clock, so none is of a year after this one.
const LAST_CHECK_YEAR: i32 = 2018;

const ACTIONS: [&str; 8] = [
    "reduce-inputs",
    "reduce-inputs",
    "reduce-inputs",
    "reduce-prices",
    "reduce-prices",
    "reduce-prices",
    "more-outputs-same-inputs",
    "more-outputs-fewer-extra-inputs",
];
const SOURCES: [&str; 8] = [
    "efficiency",
    "income",
    "grant",
    "reserves",
    "capital-receipt",
    "deferral",
    "service-cut",
    "cost-shift",
];
const TECHNIQUES: [(&str, &str); 10] = [
    ("internal", "lean"),
    ("internal", "ict"),
    ("internal", "procurement"),
    ("internal", "asset-management"),
    ("internal", "transformation"),
    ("internal", "insourcing"),
    ("mutual", "shared-services"),
    ("mutual", "informal-partnership"),
    ("external", "outsourcing"),
    ("external", "joint-venture"),
];
const FUNCTIONS: [&str; 10] = [
    "revenues-and-benefits",
    "finance",
    "human-resources",
    "ict",
    "procurement",
    "legal",
    "facilities",
    "travel",
    "marketing",
    "front-line",
];
const APPROACHES: [&str; 3] = ["transactional", "transitional", "transformational"];
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

/// A history of one organisation, `commands` long, as command objects in order. Nearly all of them
/// are accepted when they are recorded one after the other; drop those that are refused. A few name
/// no actor: let that be somebody other than `ann`, `bob`, `cat` and `dan`.
#[must_use]
pub fn random_history(seed: u64, commands: usize) -> Vec<Value> {
    let mut random = Random::new(seed);
    let org = format!("E07{:06}", random.below(1_000_000));
    let mut history = History {
        random,
        org,
        claims: Vec::new(),
        declarer: None,
    };
    let first = history.register_organisation();
    std::iter::once(first)
        .chain(std::iter::repeat_with(|| history.next_command()))
        .take(commands)
        .collect()
}

/// What the generator remembers of the organisation, just enough to keep most commands legal.
struct History {
    random: Random,
    org: String,
    claims: Vec<Claim>,
    /// Who declared the carry-forward, once there is one.
    declarer: Option<String>,
}

/// What the generator remembers of a claim.
struct Claim {
    reference: String,
    /// Who registered it, in lower case.
    registrant: String,
    /// Who changed it since its last validation, in lower case.
    touched_by: BTreeSet<String>,
    impact_year: i32,
    /// In pence.
    profile: BTreeMap<i32, i64>,
    validated: bool,
    withdrawn: bool,
    offsets: Parts,
    challenges: Parts,
    redeployments: Parts,
}

/// The parts of a claim that come and go: which stand open, and how many there ever were.
#[derive(Default)]
struct Parts {
    open: Vec<String>,
    ever: usize,
}

impl Parts {
    fn add(&mut self, prefix: &str) -> String {
        self.ever += 1;
        let reference = format!("{prefix}{}", self.ever);
        self.open.push(reference.clone());
        reference
    }

    fn close(&mut self, random: &mut Random) -> Option<String> {
        if self.open.is_empty() {
            return None;
        }
        let place = random.place(self.open.len());
        Some(self.open.remove(place))
    }
}

impl Claim {
    fn first_accrual(&self) -> Option<i32> {
        self.profile
            .iter()
            .find(|(_, pence)| **pence > 0)
            .map(|(year, _)| *year)
    }

    /// What the profile says for a year.
    fn level(&self, year: i32) -> i64 {
        self.profile
            .range(..=year)
            .next_back()
            .map_or(0, |(_, pence)| *pence)
    }
}

impl History {
    fn register_organisation(&mut self) -> Value {
        let mut fields = self.fields("register-organisation");
        fields.insert("name".into(), json!(format!("Council {}", self.org)));
        fields.insert("kind".into(), json!("unitary"));
        fields.insert("sector".into(), json!("local-government"));
        if self.random.chance(50) {
            fields.insert("region".into(), json!("South West"));
        }
        fields.into()
    }

    /// The next command: mostly the one drawn, or a new claim where that one has nothing to be
    /// about.
    fn next_command(&mut self) -> Value {
        if self.random.chance(WRONG_PERCENT)
            && let Some(wrong) = self.wrong_command()
        {
            return wrong;
        }
        let drawn = match self.random.below(100) {
            0..14 => None,
            14..28 => self.amend_claim(),
            28..42 => self.record_offset(),
            42..47 => self.cancel_offset(),
            47..67 => self.check_sustainment(),
            67..79 => self.validate_claim(),
            79..81 => self.revoke_validation(),
            81..82 => self.withdraw_claim(),
            82..85 => self.raise_challenge(),
            85..87 => self.answer_challenge(),
            87..90 => self.close_challenge(),
            90..91 => self.record_redeployment(),
            91..92 => self.cancel_redeployment(),
            92..94 => Some(self.declare_carry_forward()),
            94..96 => self.validate_carry_forward(),
            96..98 => self.check_carry_forward(),
            98 => Some(self.set_amount("set-baseline")),
            _ => Some(self.set_amount("set-target")),
        };
        drawn.unwrap_or_else(|| self.register_claim())
    }

    /// What every command has, and now and then what any command may have.
    fn fields(&mut self, command: &str) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("type".into(), json!(command));
        fields.insert("org".into(), json!(self.org));
        if self.random.chance(4) {
            fields.insert("note".into(), json!("as agreed at the board\nsee minute 4"));
        }
        if self.random.chance(3) {
            let sha256 = format!("{:064x}", self.random.bits());
            let evidence = json!([{ "name": "outturn.xlsx", "sha256": sha256 }]);
            fields.insert("evidence".into(), evidence);
        }
        fields
    }

    /// The fields of a command about a claim, done by someone drawn from the pool or, seldom, by
    /// nobody named.
    fn claim_fields(&mut self, command: &str, at: usize) -> Map<String, Value> {
        let mut fields = self.fields(command);
        fields.insert("claim".into(), json!(self.claims[at].reference));
        self.sign(&mut fields);
        fields
    }

    fn sign(&mut self, fields: &mut Map<String, Value>) {
        if self.random.chance(93) {
            fields.insert("actor".into(), json!(self.random.pick(&ACTORS)));
        }
    }

    /// A claim that is not withdrawn, the newer the likelier.
    fn pick_claim(&mut self) -> Option<usize> {
        let live: Vec<usize> = (0..self.claims.len())
            .filter(|at| !self.claims[*at].withdrawn)
            .collect();
        if live.is_empty() {
            return None;
        }
        let recent = if self.random.chance(60) {
            live.len().saturating_sub(4)
        } else {
            0
        };
        Some(self.random.pick(&live[recent..]))
    }

    /// A claim of which that holds.
    fn pick_claim_where(&mut self, holds: impl Fn(&Claim) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..self.claims.len())
            .filter(|at| !self.claims[*at].withdrawn && holds(&self.claims[*at]))
            .collect();
        if fitting.is_empty() {
            None
        } else {
            Some(self.random.pick(&fitting))
        }
    }

    /// Someone the rule on people does not keep from it.
    fn someone_else(&mut self, barred: &BTreeSet<String>) -> Option<&'static str> {
        let free: Vec<&'static str> = ACTORS
            .into_iter()
            .filter(|actor| !barred.contains(&actor.to_ascii_lowercase()))
            .collect();
        if free.is_empty() {
            None
        } else {
            Some(self.random.pick(&free))
        }
    }

    fn register_claim(&mut self) -> Value {
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

    /// A day and the financial year it falls in; one in twelve is too early to be eligible.
    fn impact(&mut self) -> (String, i32) {
        let early = self.random.chance(8);
        let year = if early {
            self.random.between(FIRST_PROFILE_YEAR, 2007)
        } else {
            self.random.between(2008, 2012)
        };
        let day = match self.random.below(6) {
            0..3 => format!("{year}-04-01"),
            3 => format!("{year}-10-01"),
            4 => format!("{year}-12-31"),
            _ => format!("{}-03-31", year + 1),
        };
        (day, year)
    }

    /// A profile of one to six stated years that starts with the impact or a little later, perhaps
    /// with zeros before it.
    fn profile(&mut self, impact_year: i32) -> BTreeMap<i32, i64> {
        let mut profile = BTreeMap::new();
        let years = self.random.below(6) + 1;
        if years > 1 && self.random.chance(15) {
            let before = impact_year - self.random.between(1, 2);
            profile.insert(before.max(FIRST_PROFILE_YEAR).min(impact_year), 0);
        }
        let later = if self.random.chance(20) {
            self.random.between(1, 2)
        } else {
            0
        };
        let mut year = (impact_year + later).min(LAST_PROFILE_YEAR);
        let shape = self.random.below(8);
        let mut level = self.amount();
        while (profile.len() as u64) < years && year <= LAST_PROFILE_YEAR {
            profile.insert(year, level);
            level = match shape {
                0 | 1 => level + self.amount() / 4,
                2 => level - level / 3,
                3 => [0, level, self.amount()][self.random.place(3)],
                4 => [level, level, level * 2][self.random.place(3)],
                5 => [level, level, 0][self.random.place(3)],
                6 => level,
                _ => self.amount(),
            };
            year += if self.random.chance(15) { 2 } else { 1 };
        }
        if self.random.chance(3) {
            for level in profile.values_mut() {
                *level = 0;
            }
        }
        profile
    }

    /// Pence above zero: mostly hundreds of thousands of pounds, at times a penny or two, seldom
    /// as much as can be written.
    fn amount(&mut self) -> i64 {
        let pence = match self.random.below(40) {
            0 => self.random.below(3) + 1,
            1 => 99_999_999_999_999 / 4,
            2..12 => (self.random.below(40) + 1) * 1_000_000,
            12..28 => (self.random.below(500_000) + 1) * 100,
            _ => self.random.below(50_000_000) + 1,
        };
        i64::try_from(pence).expect("less than the largest money")
    }

    /// An amount as a person might write it: decimals that are zero may be left out.
    fn money(&mut self, pence: i64) -> String {
        // A doubled level may have left the range that can be written.
        let pence = pence.min(99_999_999_999_999);
        let (pounds, fraction) = (pence / 100, pence % 100);
        match (self.random.below(3), fraction % 10, fraction) {
            (1.., _, 0) => format!("{pounds}"),
            (1.., 0, _) => format!("{pounds}.{}", fraction / 10),
            _ => format!("{pounds}.{fraction:02}"),
        }
    }

    fn profile_json(&mut self, profile: &BTreeMap<i32, i64>) -> Value {
        let stated = profile
            .iter()
            .map(|(year, pence)| (year_text(*year), self.money(*pence)));
        stated
            .map(|(year, amount)| (year, json!(amount)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Gives one of the optional fields that say more about a claim.
    fn describe(&mut self, field: &str, fields: &mut Map<String, Value>) {
        let value = match field {
            "service" => json!(self.random.pick(&["Housing", "Adult care", "Waste"])),
            "function" => json!(self.random.pick(&FUNCTIONS)),
            "technique" => {
                let (method, technique) = self.random.pick(&TECHNIQUES);
                fields.insert("method".into(), json!(method));
                json!(technique)
            }
            "approach" => json!(self.random.pick(&APPROACHES)),
            "quality_measure" => json!("Days to decide a new claim"),
            "owner" => json!(
                self.random
                    .pick(&["Head of Finance", "Director of Résumés"])
            ),
            "scheme" => {
                let total = self.amount();
                json!({ "id": "joint-waste", "total": self.money(total) })
            }
            "review_by" => json!(format!("{}-09-30", self.random.between(2009, 2014))),
            "labels" => json!({ "programme": "Fit for the future", "budget-code": "B-17" }),
            other => unreachable!("no such field: {other}"),
        };
        fields.insert(field.into(), value);
    }

    fn amend_claim(&mut self) -> Option<Value> {
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

    fn or_cleared(&mut self, value: Value, percent: u64) -> Value {
        if self.random.chance(percent) {
            Value::Null
        } else {
            value
        }
    }

    fn record_offset(&mut self) -> Option<Value> {
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

    /// Remembers a change that ends a validation and bars who made it from the next.
    fn touch(&mut self, at: usize, fields: &Map<String, Value>) {
        let claim = &mut self.claims[at];
        claim.touched_by.insert(actor_of(fields));
        claim.validated = false;
    }

    fn cancel_offset(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| !claim.offsets.open.is_empty())?;
        let mut fields = self.claim_fields("cancel-offset", at);
        let offset = self.claims[at].offsets.close(&mut self.random)?;
        fields.insert("offset".into(), json!(offset));
        fields.insert("reason".into(), json!("recorded twice"));
        self.touch(at, &fields);
        Some(fields.into())
    }

    fn check_sustainment(&mut self) -> Option<Value> {
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

    fn validate_claim(&mut self) -> Option<Value> {
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

    fn revoke_validation(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| claim.validated)?;
        let mut fields = self.claim_fields("revoke-validation", at);
        fields.insert("reason".into(), json!("evidence withdrawn"));
        self.claims[at].validated = false;
        Some(fields.into())
    }

    fn withdraw_claim(&mut self) -> Option<Value> {
        let at = self.pick_claim()?;
        let mut fields = self.claim_fields("withdraw-claim", at);
        fields.insert("reason".into(), json!("claimed by procurement already"));
        self.claims[at].withdrawn = true;
        Some(fields.into())
    }

    fn raise_challenge(&mut self) -> Option<Value> {
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

    fn answer_challenge(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| !claim.challenges.open.is_empty())?;
        let mut fields = self.claim_fields("answer-challenge", at);
        let open = &self.claims[at].challenges.open;
        let challenge = &open[self.random.place(open.len())];
        fields.insert("challenge".into(), json!(challenge));
        fields.insert("answer".into(), json!("It is, as a running cost."));
        Some(fields.into())
    }

    fn close_challenge(&mut self) -> Option<Value> {
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

    fn record_redeployment(&mut self) -> Option<Value> {
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

    fn cancel_redeployment(&mut self) -> Option<Value> {
        let at = self.pick_claim_where(|claim| !claim.redeployments.open.is_empty())?;
        let mut fields = self.claim_fields("cancel-redeployment", at);
        let redeployment = self.claims[at].redeployments.close(&mut self.random)?;
        fields.insert("redeployment".into(), json!(redeployment));
        fields.insert("reason".into(), json!("it was spent elsewhere"));
        Some(fields.into())
    }

    fn declare_carry_forward(&mut self) -> Value {
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

    fn validate_carry_forward(&mut self) -> Option<Value> {
        let declarer = self.declarer.clone()?;
        let validator = self.someone_else(&BTreeSet::from([declarer]))?;
        let mut fields = self.fields("validate-carry-forward");
        fields.insert("actor".into(), json!(validator));
        Some(fields.into())
    }

    fn check_carry_forward(&mut self) -> Option<Value> {
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

    fn set_amount(&mut self, command: &str) -> Value {
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
    fn wrong_command(&mut self) -> Option<Value> {
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

/// The optional fields that say more about a claim and change no figure.
const DESCRIPTIVE: [&str; 9] = [
    "service",
    "function",
    "technique",
    "approach",
    "quality_measure",
    "owner",
    "scheme",
    "review_by",
    "labels",
];

/// Stands for whoever did what names no actor; nobody in the pool.
const NOBODY: &str = "";

fn actor_of(fields: &Map<String, Value>) -> String {
    fields
        .get("actor")
        .and_then(Value::as_str)
        .unwrap_or(NOBODY)
        .to_ascii_lowercase()
}

fn year_text(starts_in: i32) -> String {
    format!("{starts_in}/{:02}", (starts_in + 1) % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_history_and_another_seed_another() {
        assert_eq!(random_history(4, 80), random_history(4, 80));
        assert_ne!(random_history(4, 80), random_history(5, 80));
        assert_eq!(random_history(4, 80).len(), 80);
    }

    #[test]
    fn random_histories_reach_every_command_and_every_status() {
        let (mut types, mut statuses) = (BTreeSet::new(), BTreeSet::new());
        for seed in 0..40 {
            let history = random_history(seed, 120);
            types.extend(history.iter().map(|command| command["type"].to_string()));
            // Taken as if all were accepted, but for those that name no claim of this history.
            let known: Vec<Value> = history
                .iter()
                .filter(|command| {
                    command.get("claim").is_none_or(|claim| {
                        history
                            .iter()
                            .any(|of| of["type"] == "register-claim" && of["claim"] == *claim)
                    })
                })
                .cloned()
                .collect();
            for year in ["2008/09", "2010/11", "2012/13", "2017/18"] {
                let totals = crate::reference::totals(&known, year.parse().unwrap(), "recorder");
                let lines = totals["claims"].as_array().unwrap();
                statuses.extend(lines.iter().map(|line| line["status"].to_string()));
            }
        }
        assert_eq!(types.len(), 19, "{types:?}"); // every one but `issue-statement`
        assert_eq!(statuses.len(), 7, "{statuses:?}");
    }
}
