//! Builds the pages' styles and scripts from npm packages, to be embedded in the program.
//!
//! Nothing third-party is kept in the repository, so this needs Node.js with npm (docs/adr/0021).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use sha2::{Digest, Sha256};

/// What a machine without Node is told.
const NEEDS_NODE: &str = "netgain's pages need Node.js 20 or later with npm to build their styles: install \
     nodejs and npm from your system's packages, then build again";

fn main() {
    if let Err(why) = build() {
        // The only way for a build script to be heard.
        println!("cargo::error={why}");
    }
}

fn build() -> Result<(), String> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=templates");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?);
    let workshop = out.join("assets");
    copy(Path::new("assets"), &workshop)?;
    install(&workshop)?;
    run(&workshop, "node", &["build.mjs"])?;
    for (name, file) in [("STYLES", "app.css"), ("SCRIPT", "app.js")] {
        let bytes = read(&workshop.join("built").join(file))?;
        println!("cargo::rustc-env=NETGAIN_{name}_DIGEST={}", digest(&bytes));
    }
    Ok(())
}

/// Exactly the packages that the lock file names; once for each lock file.
fn install(workshop: &Path) -> Result<(), String> {
    let wanted = digest(&read(&workshop.join("package-lock.json"))?);
    let installed = workshop.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    run(
        workshop,
        "npm",
        &["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    )?;
    fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let ran = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output();
    let ran = ran.map_err(|error| format!("{NEEDS_NODE} ({program}: {error})"))?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr);
    // A build script's error is one line.
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(format!("{program} {} failed: {said}", arguments.join(" ")))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == "node_modules" {
            continue;
        }
        if from.is_dir() {
            copy(&from, &to)?;
        } else {
            fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Enough of a digest to tell one version of a file from another.
fn digest(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes).iter().take(8) {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
