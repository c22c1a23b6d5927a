//! `netgain statement bundle`: everything that checking a statement takes, in one file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{find, name};
use crate::cli::StatementArgs;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};

pub(super) fn run(
    place: &Place,
    json: bool,
    which: &StatementArgs,
    output: Option<&Path>,
) -> Outcome {
    let (_, issued) = find(place, which)?;
    let reader = data_dir::open_for_reading(place)?;
    let keys = data_dir::public_keys(place, &reader)?;
    let bundle = netgain_proof::bundle::bundle(
        &reader,
        &place.checkpoints,
        &keys,
        &which.org,
        issued.position,
    )?;
    let path = match output {
        Some(path) => path.to_owned(),
        None => PathBuf::from(format!("{}.tar", bundle.directory())),
    };
    // Written beside its place first, so that half a bundle never stands there.
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = write(&bundle, &unfinished, &path);
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
            name(&issued),
            path.display()
        )?;
    }
    Ok(())
}

fn write(
    bundle: &netgain_proof::bundle::Bundle,
    unfinished: &Path,
    path: &Path,
) -> std::io::Result<u64> {
    let mut out = BufWriter::new(File::create(unfinished)?);
    bundle.write_to(&mut out)?;
    out.flush()?;
    let file = out.into_inner()?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    std::fs::rename(unfinished, path)?;
    Ok(bytes)
}
