//! Looking at what the seals of a ledger are kept in, as `check.rs` does at what keeps its log.

use async_nats::jetstream::stream::Info;
use netgain_events::identifier::LedgerId;

use super::home::{STREAM, check_lease, check_ledger};
use super::{SUBJECT, lease};
use crate::check::{Finding, Verdict, finding, of_copies, of_stream, of_user, wrong};
use crate::connection::Connection;
use crate::home::Home;
use crate::home_error::HomeError;
use crate::init::info;
use crate::setup::belongs;
use crate::subject;

/// What to do about seals that are not there any more.
const GONE: &str = "seals are gone: stop recording, keep the checkpoints of every node, which has all of them, and \
                    see deploy/RUNBOOK.md, *Split brain*";

/// What was found, and the streams that it was found of.
pub(crate) type Looked = (Vec<Finding>, Vec<Info>);

/// Looks at the stream of the seals, at the lease, and at the rights of the user who seals; `ledger` is whose they should
/// be, where that is known.
pub(crate) async fn look(home: &Home, ledger: Option<&LedgerId>) -> Result<Looked, HomeError> {
    let connection = Connection::open(home).await?;
    let context = &connection.context;
    let (mut findings, mut streams) = (Vec::new(), Vec::new());
    match info(context, STREAM).await? {
        Some(stream) => {
            let whose = ledger.map_or(Ok(()), |ledger| check_ledger(&stream.config, ledger));
            let whose = whose.map_or_else(wrong, |()| Verdict::Right);
            let found = belongs(&stream.config);
            let found = found.map_or_else(
                |_| "none".to_owned(),
                |found| format!("ledger {}", found.ledger),
            );
            findings.push(finding(STREAM, "ledger", found, whose));
            findings.extend(of_stream(&stream, SUBJECT, home.replicas, GONE));
            streams.push(stream);
        }
        None => {
            let stream = STREAM.to_owned();
            let absent = wrong(HomeError::NoStream { stream });
            findings.push(finding(STREAM, "ledger", "no stream".into(), absent));
        }
    }
    let bucket = lease::stream();
    match check_lease(context).await {
        Ok(stream) => {
            let set_up = "as a lease".into();
            findings.push(finding(&bucket, "set up", set_up, Verdict::Right));
            findings.extend(of_copies(&stream));
            let holder = lease::holder(&connection).await;
            let holder = holder.map_err(|error| HomeError::api("ask who seals", error))?;
            let holder = holder.unwrap_or_else(|| "no node for now".into());
            findings.push(finding(&bucket, "who seals", holder, Verdict::Right));
            streams.push(stream);
        }
        Err(error @ HomeError::Api { .. }) => return Err(error),
        Err(error) => {
            let not = "not as a lease".into();
            findings.push(finding(&bucket, "set up", not, wrong(error)));
        }
    }
    findings.push(of_account(&connection).await?);
    findings.extend(of_user(&connection, home).await?);
    Ok((findings, streams))
}

/// Whether the log is kept apart from what proves it.
async fn of_account(connection: &Connection) -> Result<Finding, HomeError> {
    let log = info(&connection.context, &subject::stream(0)).await?;
    let (found, verdict) = if log.is_some() {
        let apart = "keep the seals in an account of their own (deploy/nats), so that whoever may write the log \
                     cannot write what proves it";
        ("the log's", Verdict::Change(apart.into()))
    } else {
        ("not the log's", Verdict::Right)
    };
    Ok(finding(STREAM, "account", found.into(), verdict))
}
