//! `netgain statement bundle`: everything that checking a statement takes, in one file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use netgain_events::fact::Statement;
use netgain_events::identifier::OrgId;
use netgain_events::state::IssuedStatement;
use netgain_ledger::history::KnownAt;
use netgain_verify::archive::Directory;

use super::{find, name};
use crate::cli::StatementArgs;
use crate::client::Failed;
use crate::data_dir;
use crate::outcome::{Failure, Outcome};
use crate::whereabouts::{History, Whereabouts};

pub(super) fn run(
    at: &Whereabouts,
    json: bool,
    which: &StatementArgs,
    output: Option<&Path>,
) -> Outcome {
    let history = at.open_for_figures(&which.org)?;
    let state = history.state(&which.org, KnownAt::Latest)?;
    let issued = find(&state, which)?;
    let write_to = bundle(&history, &which.org, issued)?;
    let path = match output {
        Some(path) => path.to_owned(),
        None => PathBuf::from(format!(
            "{}.tar",
            Directory::of(&which.org, &issued.statement)
        )),
    };
    // Written beside its place first, so that half a bundle never stands there.
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = write(write_to, &unfinished, &path);
    if written.is_err() {
        drop(std::fs::remove_file(&unfinished));
    }
    let bytes = written.map_err(|e| Failure::file("write", &path, &e))?;
    let mut out = std::io::stdout().lock();
    if json {
        let document = serde_json::json!({ "file": path, "bytes": bytes });
        writeln!(out, "{document}")?;
    } else {
        writeln!(
            out,
            "{} with everything behind it is in {} ({bytes} bytes).\nGive it to your auditor; the key \
             that `netgain keys show` prints must reach them another way.",
            name(issued),
            path.display()
        )?;
    }
    Ok(())
}

/// What writes a bundle.
type WriteTo = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()>>;

/// The bundle of a statement: made here, or the service's, which has the same bytes.
fn bundle(
    history: &History<'_>,
    org: &OrgId,
    issued: &IssuedStatement,
) -> Result<WriteTo, Failure> {
    match history {
        History::Files(place, reader) => {
            let keys = data_dir::public_keys(place, reader)?;
            let (checkpoints, position) = (&place.checkpoints, issued.position);
            let made = netgain_proof::bundle::bundle(reader, checkpoints, &keys, org, position)?;
            Ok(Box::new(move |out| made.write_to(out)))
        }
        History::Service(log) => {
            let Statement {
                year,
                series,
                number,
                ..
            } = &issued.statement;
            let year = year.path();
            let path =
                format!("/api/v1/organisations/{org}/statements/{year}/{series}/{number}/bundle");
            let answer = log.server().get_as(&path, "application/x-tar");
            let mut body = answer.map_err(Failed::into_failure)?.into_body();
            let length = body.content_length();
            Ok(Box::new(move |out| {
                let bytes = io::copy(&mut body.as_reader(), out)?;
                if length != Some(bytes) {
                    return Err(io::Error::other("the service broke off; ask again"));
                }
                Ok(())
            }))
        }
    }
}

fn write(write_to: WriteTo, unfinished: &Path, path: &Path) -> io::Result<u64> {
    let mut out = BufWriter::new(File::create(unfinished)?);
    write_to(&mut out)?;
    out.flush()?;
    let file = out.into_inner()?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    std::fs::rename(unfinished, path)?;
    Ok(bytes)
}
