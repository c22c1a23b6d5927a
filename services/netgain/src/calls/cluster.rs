//! `netgain cluster`: the servers and streams of a clustered ledger.

mod seals;

use std::io::Write;

use netgain_log_jetstream::{Finding, Home, HomeError, Verdict};

use crate::calls::verify::counted;
use crate::cli::{ClusterCall, ReplicasArg};
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::servers::Servers;
use crate::table::{Column, Table};

pub(crate) fn run(place: &Place, json: bool, call: ClusterCall) -> Outcome {
    let home = place.home()?;
    let servers = place.servers.as_ref();
    let seals = servers.map(Servers::seals_home).transpose()?.flatten();
    let with = |ReplicasArg { replicas }| {
        let replicas = replicas.unwrap_or(home.replicas);
        let seals = seals.map(|seals| Home { replicas, ..seals });
        (Home { replicas, ..home }, seals)
    };
    match call {
        ClusterCall::Init { shards, replicas } => {
            let (home, seals) = with(replicas);
            init(&home, seals.as_ref(), shards, json)
        }
        ClusterCall::Check { replicas } => {
            let (home, seals) = with(replicas);
            check(&home, seals.as_ref(), json)
        }
        ClusterCall::BringSeals => seals::bring(place, json),
    }
}

fn init(home: &Home, seals: Option<&Home>, shards: u32, json: bool) -> Outcome {
    let made = netgain_log_jetstream::init(home, shards, data_dir::new_ledger_id);
    let ledger = made.map_err(failure)?;
    if let Some(seals) = seals {
        netgain_log_jetstream::init_seals(seals, &ledger).map_err(failure)?;
    }
    let mut out = std::io::stdout().lock();
    if json {
        let document = serde_json::json!({
            "ledger": ledger.to_string(), "shards": shards, "replicas": home.replicas,
        });
        writeln!(out, "{document}")?;
    } else {
        let (streams, servers) = (counted(shards, "stream"), home.replicas);
        writeln!(
            out,
            "Ledger {ledger}: {streams}, each message kept by {servers} of the servers."
        )?;
    }
    Ok(())
}

fn check(home: &Home, seals: Option<&Home>, json: bool) -> Outcome {
    let findings = netgain_log_jetstream::check(home, seals).map_err(failure)?;
    let mut out = std::io::stdout().lock();
    if json {
        let rows: Vec<_> = findings.iter().map(row).collect();
        writeln!(out, "{}", serde_json::json!({ "findings": rows }))?;
    } else {
        write!(out, "{}", table(&findings))?;
    }
    let is_wrong = |finding: &Finding| matches!(finding.verdict, Verdict::Wrong(_));
    if findings.iter().any(is_wrong) {
        // The table has said what.
        return Err(Failure::Refused(None));
    }
    Ok(())
}

fn row(finding: &Finding) -> serde_json::Value {
    let (verdict, what_to_do) = words(&finding.verdict);
    serde_json::json!({
        "of": finding.of,
        "matter": finding.matter,
        "found": finding.found,
        "verdict": verdict,
        "what_to_do": what_to_do,
    })
}

fn words(verdict: &Verdict) -> (&'static str, Option<&str>) {
    match verdict {
        Verdict::Right => ("right", None),
        Verdict::Change(what) => ("change", Some(what)),
        Verdict::Wrong(what) => ("wrong", Some(what)),
    }
}

/// All that was looked at, and after it, in sentences, what is not as it should be.
fn table(findings: &[Finding]) -> String {
    let headings = ["of", "what", "found", ""].map(|heading| (heading, Column::Left));
    let mut table = Table::new(&headings);
    let mut sentences = Vec::new();
    for finding in findings {
        let (verdict, what_to_do) = words(&finding.verdict);
        let Finding {
            of, matter, found, ..
        } = finding;
        table.row([
            of.clone(),
            matter.clone(),
            found.clone(),
            verdict.to_owned(),
        ]);
        if let Some(what) = what_to_do {
            sentences.push(format!("\n{of}, {matter}: {what}.\n"));
        }
    }
    table.render() + &sentences.concat()
}

/// Words of the call that cannot be are told from servers that are not there, and from servers and streams that
/// are not as they must be.
pub(crate) fn failure(error: HomeError) -> Failure {
    match error {
        HomeError::Address { .. } | HomeError::Replicas(_) | HomeError::Shards(_) => {
            Failure::Usage(error.to_string())
        }
        HomeError::Unreachable { .. } | HomeError::Api { .. } | HomeError::System(_) => {
            Failure::Fault(error.into())
        }
        HomeError::TooOld { .. }
        | HomeError::NotSynced { .. }
        | HomeError::SyncUnknown
        | HomeError::NoJetStream
        | HomeError::PayloadTooSmall { .. }
        | HomeError::NoStream { .. }
        | HomeError::NoLease { .. }
        | HomeError::NoNodes { .. }
        | HomeError::Unread { .. }
        | HomeError::NoLedger { .. }
        | HomeError::OtherLedger { .. }
        | HomeError::Newer { .. }
        | HomeError::Wrong { .. } => Failure::refused("no-home", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(matter: &str, verdict: Verdict) -> Finding {
        Finding {
            of: "netgain-0".into(),
            matter: matter.into(),
            found: "3".into(),
            verdict,
        }
    }

    #[test]
    fn the_table_has_everything_and_says_behind_it_what_to_do() {
        let findings = [
            finding("storage", Verdict::Right),
            finding("purging", Verdict::Wrong("set deny_purge".into())),
        ];
        let text = table(&findings);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 6, "{text}");
        assert!(lines[2].contains("storage") && lines[2].trim_end().ends_with("right"));
        assert_eq!(lines[5], "netgain-0, purging: set deny_purge.");
        assert_eq!(row(&findings[1])["what_to_do"], "set deny_purge");
        assert_eq!(row(&findings[0])["verdict"], "right");
    }

    #[test]
    fn what_cannot_be_asked_for_is_the_calls_words_and_a_bad_home_is_a_refusal() {
        assert!(matches!(failure(HomeError::Shards(0)), Failure::Usage(_)));
        let error = failure(HomeError::SyncUnknown);
        assert!(matches!(error, Failure::Refused(Some(why)) if why.starts_with("no-home: ")));
    }
}
