//! `netgain verify-bundle`: an auditor's check of a statement's bundle, offline.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use netgain_events::fact::StatedBasis;
use netgain_events::fact::SumText;
use netgain_verify::bundle::{Facts, NOT_CHECKED, Outcome as StepOutcome, Verdict, verify};
use netgain_verify::key_file::KEY_FILE_BYTES_MAX;
use serde_json::{Value, json};

use crate::cli;
use crate::outcome::{Failure, Outcome};
use crate::table::pounds;

/// The most bytes a bundle has: what docs/BUNDLE.md allows its files together, rounded up.
const BUNDLE_BYTES_MAX: usize = 5 << 30;

/// How much of a file is looked at before the rest is read.
const HEAD_BYTES: usize = 512;

/// Whether a file begins as an archive does (POSIX ustar): with a header that has its mark.
fn is_archive(head: &[u8]) -> bool {
    head.get(257..263) == Some(b"ustar\0")
}

pub(crate) fn run(json: bool, call: &cli::VerifyBundle) -> Outcome {
    let key_file = read(&call.key, KEY_FILE_BYTES_MAX, |_| true)?;
    let bundle = read(&call.file, BUNDLE_BYTES_MAX, is_archive)?;
    let verdict = verify(&bundle, &key_file);
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", document(&verdict))?;
    } else {
        out.write_all(for_people(&verdict).as_bytes())?;
    }
    if verdict.holds() {
        Ok(())
    } else {
        Err(Failure::Refused(None))
    }
}

/// Reads a file of at most that many bytes, if it begins as it should. One that cannot be what it should
/// be is a failed check, and is not read further than it takes to know that.
fn read(
    path: &Path,
    bytes_max: usize,
    begins_right: fn(&[u8]) -> bool,
) -> Result<Vec<u8>, Failure> {
    let cannot = |why: &dyn std::fmt::Display| {
        Failure::Refused(Some(format!("cannot read {}: {why}", path.display())))
    };
    let mut file = File::open(path).map_err(|e| cannot(&e))?;
    let about = file.metadata().map_err(|e| cannot(&e))?;
    if !about.is_file() {
        return Err(cannot(&"it is no file"));
    }
    let length = usize::try_from(about.len()).unwrap_or(usize::MAX);
    if length > bytes_max {
        return Err(cannot(&format!(
            "it has {length} bytes, more than any such file ({bytes_max})"
        )));
    }
    let mut bytes = vec![0; HEAD_BYTES.min(length)];
    file.read_exact(&mut bytes).map_err(|e| cannot(&e))?;
    if begins_right(&bytes) {
        bytes.reserve_exact(length);
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|e| cannot(&e))?;
    }
    Ok(bytes)
}

fn told(outcome: &StepOutcome) -> (&'static str, &str) {
    match outcome {
        StepOutcome::Passed(said) => ("passed", said),
        StepOutcome::Failed(said) => ("FAILED", said),
        StepOutcome::NotReached => ("not reached", ""),
    }
}

fn document(verdict: &Verdict) -> Value {
    let steps = verdict.steps.iter().map(|step| {
        let (outcome, said) = told(&step.outcome);
        json!({ "step": step.name.as_str(), "outcome": outcome, "said": said })
    });
    json!({
        "holds": verdict.holds(),
        "steps": steps.collect::<Vec<_>>(),
        "facts": verdict.facts.as_ref().map(|facts| json!({
            "ledger": facts.ledger,
            "org": facts.org,
            "statement": facts.statement,
            "issued_at": facts.issued_at,
            "issued_by": facts.issued_by,
            "auth": facts.auth,
            "size": facts.size,
            "root": facts.root.to_string(),
            "registry_size": facts.registry_size,
            "registry_root": facts.registry_root.to_string(),
        })),
        "not_checked": NOT_CHECKED,
    })
}

fn for_people(verdict: &Verdict) -> String {
    let mut text = String::new();
    for step in &verdict.steps {
        let (outcome, said) = told(&step.outcome);
        let line = format!("{:<11} {outcome:<11} {said}", step.name);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push('\n');
    match &verdict.facts {
        Some(facts) if verdict.holds() => text.push_str(&figures(facts)),
        Some(_) | None => text.push_str("The bundle is not to be relied on.\n"),
    }
    text.push_str("\nNot checked:\n");
    for sentence in NOT_CHECKED {
        text.push_str("  ");
        text.push_str(sentence);
        text.push('\n');
    }
    text
}

fn figures(facts: &Facts) -> String {
    let statement = &facts.statement;
    let stated = |sum: &SumText| {
        sum.sum()
            .map_or_else(|| format!("£{}", sum.as_str()), pounds)
    };
    let net = |basis: &StatedBasis| stated(&basis.net);
    let figures = &statement.figures;
    format!(
        "NI179 of {} for {}: {}\n({} statement {}, issued by {} on {}; {} claimed, {} validated, {} \
         assured)\n",
        facts.org,
        statement.year,
        net(&figures.validated),
        statement.series,
        statement.number,
        facts.issued_by,
        facts.issued_at.day(),
        net(&figures.claimed),
        net(&figures.validated),
        net(&figures.assured),
    )
}
