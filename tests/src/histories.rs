//! Histories nobody wrote by hand: small ones that visit every corner of the rules, and a large,
//! plain workload for measuring. The same seed gives the same history, always and everywhere.

mod commands;
mod random;
mod values;
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

    /// Remembers a change that ends a validation and bars who made it from the next.
    fn touch(&mut self, at: usize, fields: &Map<String, Value>) {
        let claim = &mut self.claims[at];
        claim.touched_by.insert(actor_of(fields));
        claim.validated = false;
    }
}

/// Stands for whoever did what names no actor; nobody in the pool.
const NOBODY: &str = "";

fn actor_of(fields: &Map<String, Value>) -> String {
    fields
        .get("actor")
        .and_then(Value::as_str)
        .unwrap_or(NOBODY)
        .to_ascii_lowercase()
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
