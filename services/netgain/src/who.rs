//! Who acts when nobody is named: the operating system's user.

use netgain_events::authority::Authority;
use netgain_events::identifier::Actor;
use netgain_events::vocabulary::Auth;
use netgain_ledger::ledger::Caller;

use crate::cli::ActorArgs;
use crate::outcome::Failure;

/// The caller of a call that records: as named, else the operating system's user.
pub(crate) fn caller(args: &ActorArgs) -> Result<Caller, Failure> {
    let (actor, auth) = match &args.actor {
        Some(named) => (named.clone(), Auth::Named),
        None => (os_user()?, Auth::OsUser),
    };
    Ok(Caller {
        actor,
        auth,
        authority: Authority::Operator,
    })
}

fn os_user() -> Result<Actor, Failure> {
    let uid = rustix::process::getuid().as_raw();
    // The password file, not the environment: anyone can set a variable.
    let listed = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = listed.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("uid-{uid}")).parse().map_err(|e| {
        Failure::Usage(format!(
            "the operating system's user cannot stand in the ledger ({e}); name one with --actor"
        ))
    })
}
