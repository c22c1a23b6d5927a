//! A plain, large workload for measuring: what a year of ordinary use looks like, many times over.

use std::fmt::Write;

use super::random::Random;

/// How many of an organisation's newest claims the later commands are about. It bounds the memory
/// the workload takes, whatever its length.
const CLAIMS_REMEMBERED: usize = 32;

/// Every so many lines carry a `command_id`.
const COMMAND_ID_EVERY: usize = 10;

/// Those who register and amend claims and record offsets.
const RECORDERS: [&str; 4] = ["p.ellis", "s.okafor", "finance-import", "m.bevan"];
/// Those who validate and check; none of them is a recorder, so nobody is ever barred.
const VALIDATORS: [&str; 3] = ["j.hargreaves", "r.chowdhury", "internal-audit"];

const COUNCILS: [&str; 8] = [
    "Stroud District Council",
    "Salford City Council",
    "Hampshire County Council",
    "Cyngor Sir Ynys Môn",
    "Nuneaton and Bedworth Borough Council",
    "Leicestershire County Council",
    "Devon and Somerset Fire and Rescue Authority",
    "London Borough of Sutton",
];
const REGIONS: [&str; 4] = ["South West", "North West", "East Midlands", "London"];
const TITLES: [&str; 12] = [
    "Merge the two contact centres and move to one telephony contract",
    "Renegotiate the agency staff framework with neighbouring councils",
    "Let vacant floors of the civic centre and close the annexe",
    "Move benefit notifications from post to the self-service portal",
    "Share the payroll and recruitment service with the county",
    "Re-route refuse rounds after the fleet review",
    "Replace desktop printers with shared devices on each floor",
    "Bring grounds maintenance back in house at the contract's end",
    "Buy energy through the regional consortium",
    "Scan planning files and end off-site storage",
    "Reablement before long-term home care packages",
    "One legal case management system for three councils",
];
const SERVICES: [&str; 8] = [
    "Revenues and benefits",
    "Adult social care",
    "Waste and street scene",
    "Corporate property",
    "Human resources",
    "Planning and building control",
    "Legal and democratic services",
    "Customer services",
];
const FUNCTIONS: [&str; 6] = [
    "revenues-and-benefits",
    "finance",
    "human-resources",
    "facilities",
    "legal",
    "front-line",
];
const METHODS: [(&str, &str); 5] = [
    ("internal", "lean"),
    ("internal", "procurement"),
    ("internal", "asset-management"),
    ("mutual", "shared-services"),
    ("external", "outsourcing"),
];
const MEASURES: [&str; 3] = [
    "Average days to process a new claim",
    "Share of calls answered within 20 seconds",
    "Missed collections for each 100,000 households",
];
const READINGS: [&str; 3] = [
    "21.4 days, from 24.0 the year before; no change in the share of decisions overturned",
    "83 per cent, from 79 the year before; satisfaction survey unchanged at 4.1 of 5",
    "46, from 52 the year before; two complaints upheld, as many as the year before",
];
const COSTS: [&str; 3] = [
    "Implementation partner and data migration",
    "Licences and support of the new system",
    "Redundancy and pension strain",
];
const REASONS: [&str; 3] = [
    "Outturn confirmed by the budget monitoring report to cabinet",
    "Start of the contract moved by a month after the standstill period",
    "Pay award higher than the assumption in the business case",
];

/// `commands` command lines of JSON without their line feeds, over `orgs` organisations (at least
/// one): first each organisation's registration, which counts as a command, then of every hundred
/// about 40 claims registered, 25 checked, 20 offsets recorded, 10 amendments and 5 validations, in
/// organisations drawn at random. Recorded in order, every line is accepted. The memory it takes
/// grows with `orgs` only.
pub fn bulk(seed: u64, orgs: usize, commands: usize) -> impl Iterator<Item = String> {
    let orgs = orgs.max(1);
    let mut workload = Workload {
        random: Random::new(seed),
        orgs: Vec::with_capacity(orgs),
    };
    (0..commands).map(move |index| {
        let mut line = String::with_capacity(448);
        if index < orgs {
            workload.register_organisation(index, &mut line);
        } else {
            workload.next_command(&mut line);
        }
        if index % COMMAND_ID_EVERY == COMMAND_ID_EVERY - 1 {
            put(
                &mut line,
                format_args!(",\"command_id\":\"w{seed}-{index:08}\""),
            );
        }
        line.push('}');
        line
    })
}

struct Workload {
    random: Random,
    orgs: Vec<Organisation>,
}

/// What the workload remembers of an organisation.
#[derive(Default)]
struct Organisation {
    claims_registered: usize,
    /// The newest claims; the oldest of them makes way for the next.
    recent: Vec<Claim>,
}

/// What the workload remembers of a claim.
struct Claim {
    number: usize,
    /// The year of its impact and its first accrual; no amendment moves it.
    year: i32,
    offsets: u32,
}

impl Workload {
    fn register_organisation(&mut self, index: usize, line: &mut String) {
        self.orgs.push(Organisation::default());
        begin(line, "register-organisation", index);
        let (name, region) = (self.random.pick(&COUNCILS), self.random.pick(&REGIONS));
        let sector = if name.contains("Fire") {
            "fire"
        } else {
            "local-government"
        };
        put(
            line,
            format_args!(",\"actor\":\"{}\",\"name\":\"{name}\"", RECORDERS[0]),
        );
        put(
            line,
            format_args!(",\"kind\":\"authority\",\"sector\":\"{sector}\""),
        );
        put(line, format_args!(",\"region\":\"{region}\""));
    }

    fn next_command(&mut self, line: &mut String) {
        let at = self.random.place(self.orgs.len());
        let drawn = self.random.below(100);
        if self.orgs[at].recent.is_empty() || drawn < 40 {
            return self.register_claim(at, line);
        }
        let recent = self.random.place(self.orgs[at].recent.len());
        match drawn {
            ..65 => self.check_sustainment(at, recent, line),
            65..85 => self.record_offset(at, recent, line),
            85..95 => self.amend_claim(at, recent, line),
            95.. => self.validate_claim(at, recent, line),
        }
    }

    fn register_claim(&mut self, at: usize, line: &mut String) {
        let year = self.random.between(2008, 2012);
        let org = &mut self.orgs[at];
        org.claims_registered += 1;
        let claim = Claim {
            number: org.claims_registered,
            year,
            offsets: 0,
        };
        begin_about(
            line,
            "register-claim",
            at,
            &claim,
            self.random.pick(&RECORDERS),
        );
        let place = claim.number % CLAIMS_REMEMBERED;
        if org.recent.len() < CLAIMS_REMEMBERED {
            org.recent.push(claim);
        } else {
            org.recent[place] = claim;
        }
        let action = self
            .random
            .pick(&["reduce-inputs", "reduce-inputs", "reduce-prices"]);
        let (method, technique) = self.random.pick(&METHODS);
        put(
            line,
            format_args!(",\"title\":\"{}\"", self.random.pick(&TITLES)),
        );
        put(line, format_args!(",\"action\":\"{action}\""));
        put(
            line,
            format_args!(
                ",\"impact_from\":\"{year}-0{}-01\"",
                self.random.between(4, 9)
            ),
        );
        self.profile(year, line);
        put(
            line,
            format_args!(",\"service\":\"{}\"", self.random.pick(&SERVICES)),
        );
        if self.random.chance(50) {
            put(
                line,
                format_args!(",\"function\":\"{}\"", self.random.pick(&FUNCTIONS)),
            );
        }
        if self.random.chance(30) {
            put(
                line,
                format_args!(",\"method\":\"{method}\",\"technique\":\"{technique}\""),
            );
        }
    }

    /// One to three stated years, the first of them above zero.
    fn profile(&mut self, year: i32, line: &mut String) {
        line.push_str(",\"profile\":{");
        for stated in year..=year + self.random.between(0, 2) {
            let separator = if stated == year { "" } else { "," };
            let next = (stated + 1) % 100;
            put(line, format_args!("{separator}\"{stated}/{next:02}\":"));
            self.money(500_000, line);
        }
        line.push('}');
    }

    fn check_sustainment(&mut self, at: usize, recent: usize, line: &mut String) {
        let claim = &self.orgs[at].recent[recent];
        begin_about(
            line,
            "check-sustainment",
            at,
            claim,
            self.random.pick(&VALIDATORS),
        );
        put_year(line, claim.year + self.random.between(0, 4));
        match self.random.below(20) {
            0 => line.push_str(",\"outcome\":\"ceased\""),
            1..4 => {
                line.push_str(",\"outcome\":\"reduced\",\"verified\":");
                self.money(250_000, line);
            }
            _ => line.push_str(",\"outcome\":\"sustained\""),
        }
        let quality = self.random.pick(&["improved", "maintained", "maintained"]);
        let reading = self.random.pick(&READINGS);
        put(
            line,
            format_args!(",\"quality\":\"{quality}\",\"quality_reading\":\"{reading}\""),
        );
    }

    fn record_offset(&mut self, at: usize, recent: usize, line: &mut String) {
        let claim = &mut self.orgs[at].recent[recent];
        claim.offsets += 1;
        begin_about(
            line,
            "record-offset",
            at,
            claim,
            self.random.pick(&RECORDERS),
        );
        put(line, format_args!(",\"offset\":\"cost-{}\"", claim.offsets));
        put_year(line, claim.year + self.random.between(0, 2));
        line.push_str(",\"amount\":");
        self.money(40_000, line);
        if self.random.chance(60) {
            line.push_str(",\"kind\":\"one-off\"");
            if self.random.chance(40) {
                let years = self.random.between(2, 5);
                put(line, format_args!(",\"spread_years\":{years}"));
            }
        } else {
            line.push_str(",\"kind\":\"recurring\"");
        }
        put(
            line,
            format_args!(",\"description\":\"{}\"", self.random.pick(&COSTS)),
        );
        line.push_str(",\"funding\":\"Invest to save reserve\"");
    }

    fn amend_claim(&mut self, at: usize, recent: usize, line: &mut String) {
        let claim = &self.orgs[at].recent[recent];
        let year = claim.year;
        begin_about(line, "amend-claim", at, claim, self.random.pick(&RECORDERS));
        put(
            line,
            format_args!(",\"reason\":\"{}\"", self.random.pick(&REASONS)),
        );
        if self.random.chance(60) {
            self.profile(year, line);
        }
        put(
            line,
            format_args!(",\"service\":\"{}\"", self.random.pick(&SERVICES)),
        );
        put(
            line,
            format_args!(",\"quality_measure\":\"{}\"", self.random.pick(&MEASURES)),
        );
    }

    fn validate_claim(&mut self, at: usize, recent: usize, line: &mut String) {
        let claim = &self.orgs[at].recent[recent];
        begin_about(
            line,
            "validate-claim",
            at,
            claim,
            self.random.pick(&VALIDATORS),
        );
        let grade = self.random.pick(&["preliminary", "interim", "final"]);
        // One digest is as good as another to whoever only stores it.
        let (digest, page) = (self.random.bits(), self.random.between(1, 40));
        put(
            line,
            format_args!(",\"grade\":\"{grade}\",\"note\":\"Working papers, page {page}\""),
        );
        put(
            line,
            format_args!(",\"evidence\":[{{\"name\":\"ledger-extract.csv\""),
        );
        put(line, format_args!(",\"sha256\":\"{digest:064x}\"}}]"));
    }

    /// An amount above zero and at most so many pounds.
    fn money(&mut self, pounds_max: u64, line: &mut String) {
        let pence = self.random.below(pounds_max * 100) + 1;
        put(line, format_args!("\"{}.{:02}\"", pence / 100, pence % 100));
    }
}

/// The first fields of a command of the organisation at that place; its brace stays open.
fn begin(line: &mut String, command: &str, org: usize) {
    put(
        line,
        format_args!(
            "{{\"type\":\"{command}\",\"org\":\"E{:08}\"",
            7_000_001 + org
        ),
    );
}

fn begin_about(line: &mut String, command: &str, org: usize, claim: &Claim, actor: &str) {
    begin(line, command, org);
    put(
        line,
        format_args!(
            ",\"actor\":\"{actor}\",\"claim\":\"EFF-{:06}\"",
            claim.number
        ),
    );
}

fn put_year(line: &mut String, year: i32) {
    put(
        line,
        format_args!(",\"year\":\"{year}/{:02}\"", (year + 1) % 100),
    );
}

/// Appends to a line. None of the texts has a character that JSON would escape.
fn put(line: &mut String, text: std::fmt::Arguments<'_>) {
    line.write_fmt(text)
        .expect("a string takes whatever is written to it");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::{BTreeMap, BTreeSet};

    fn lines(seed: u64, orgs: usize, commands: usize) -> Vec<Value> {
        bulk(seed, orgs, commands)
            .map(|line| serde_json::from_str(&line).unwrap())
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_lines() {
        assert!(bulk(7, 5, 500).eq(bulk(7, 5, 500)));
        assert!(!bulk(7, 5, 500).eq(bulk(8, 5, 500)));
        assert_eq!(bulk(7, 5, 3).count(), 3);
    }

    #[test]
    fn the_lines_have_the_stated_mix_and_length() {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for line in lines(1, 20, 20_000) {
            *counts
                .entry(line["type"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        let share = |kind: &str| counts[kind] / 200;
        assert!((39..=41).contains(&share("register-claim")), "{counts:?}");
        assert!(
            (24..=26).contains(&share("check-sustainment")),
            "{counts:?}"
        );
        assert!((19..=21).contains(&share("record-offset")), "{counts:?}");
        assert!((9..=11).contains(&share("amend-claim")), "{counts:?}");
        assert!((4..=6).contains(&share("validate-claim")), "{counts:?}");
        let bytes: usize = bulk(1, 20, 20_000).map(|line| line.len()).sum();
        assert!(
            (250..=350).contains(&(bytes / 20_000)),
            "{} bytes a line",
            bytes / 20_000
        );
        let with_id = lines(1, 20, 20_000)
            .iter()
            .filter(|l| l.get("command_id").is_some())
            .count();
        assert_eq!(with_id, 2_000);
    }

    /// The rules that a line could break, asked of the lines alone.
    #[test]
    fn no_line_breaks_a_rule() {
        let mut registered = BTreeSet::new();
        let mut first_years = BTreeMap::new();
        for line in lines(3, 7, 6_000) {
            let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            let claim = (text("org"), text("claim"));
            let stated = line.get("profile").map(|profile| {
                let years = profile.as_object().unwrap();
                years.keys().min().unwrap()[..4].parse::<i32>().unwrap()
            });
            match text("type").as_str() {
                "register-organisation" => assert!(registered.insert((text("org"), String::new()))),
                "register-claim" => {
                    assert!(registered.contains(&(text("org"), String::new())));
                    assert!(first_years.insert(claim, stated.unwrap()).is_none());
                    assert_eq!(text("impact_from")[..4].parse(), Ok(stated.unwrap()));
                }
                kind => {
                    let first = first_years[&claim];
                    assert!(stated.is_none_or(|year| year == first));
                    match kind {
                        "record-offset" => {
                            assert!(registered.insert((claim.0 + "/" + &claim.1, text("offset"))));
                        }
                        "check-sustainment" => {
                            assert!(text("year")[..4].parse::<i32>().unwrap() >= first);
                        }
                        "amend-claim" => assert!(stated.is_some() || line.get("service").is_some()),
                        "validate-claim" => assert!(!RECORDERS.contains(&text("actor").as_str())),
                        other => panic!("{other} is not part of the workload"),
                    }
                }
            }
        }
    }
}
