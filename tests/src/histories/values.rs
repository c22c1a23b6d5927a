//! What a random history is filled with: days, profiles, amounts and the words of a claim.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::History;

const FIRST_PROFILE_YEAR: i32 = 2006;
pub(super) const LAST_PROFILE_YEAR: i32 = 2016;

/// The cashable ones stand more than once, so that most claims are eligible.
pub(super) const ACTIONS: [&str; 8] = [
    "reduce-inputs",
    "reduce-inputs",
    "reduce-inputs",
    "reduce-prices",
    "reduce-prices",
    "reduce-prices",
    "more-outputs-same-inputs",
    "more-outputs-fewer-extra-inputs",
];
pub(super) const SOURCES: [&str; 8] = [
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

/// The optional fields that say more about a claim and change no figure.
pub(super) const DESCRIPTIVE: [&str; 9] = [
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

impl History {
    /// A day and the financial year it falls in; one in twelve is too early to be eligible.
    pub(super) fn impact(&mut self) -> (String, i32) {
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
    pub(super) fn profile(&mut self, impact_year: i32) -> BTreeMap<i32, i64> {
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
    pub(super) fn amount(&mut self) -> i64 {
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
    pub(super) fn money(&mut self, pence: i64) -> String {
        // A doubled level may have left the range that can be written.
        let pence = pence.min(99_999_999_999_999);
        let (pounds, fraction) = (pence / 100, pence % 100);
        match (self.random.below(3), fraction % 10, fraction) {
            (1.., _, 0) => format!("{pounds}"),
            (1.., 0, _) => format!("{pounds}.{}", fraction / 10),
            _ => format!("{pounds}.{fraction:02}"),
        }
    }

    pub(super) fn profile_json(&mut self, profile: &BTreeMap<i32, i64>) -> Value {
        let stated = profile
            .iter()
            .map(|(year, pence)| (year_text(*year), self.money(*pence)));
        stated
            .map(|(year, amount)| (year, json!(amount)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Gives one of the optional fields that say more about a claim.
    pub(super) fn describe(&mut self, field: &str, fields: &mut Map<String, Value>) {
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

    pub(super) fn or_cleared(&mut self, value: Value, percent: u64) -> Value {
        if self.random.chance(percent) {
            Value::Null
        } else {
            value
        }
    }
}

pub(super) fn year_text(starts_in: i32) -> String {
    format!("{starts_in}/{:02}", (starts_in + 1) % 100)
}
