//! Looking at the live nodes, as part of looking at the whole home.

use async_nats::jetstream::Context;

use super::home::{check_bucket, stream};
use super::live;
use crate::check::{Finding, Verdict, finding, of_copies, wrong};
use crate::home_error::HomeError;

/// What is found of the nodes and of where they say who they are.
pub(crate) async fn look(context: &Context) -> Result<Vec<Finding>, HomeError> {
    let bucket = stream();
    let found = match check_bucket(context).await {
        Ok(found) => found,
        Err(error @ HomeError::Api { .. }) => return Err(error),
        Err(error) => {
            let not = "not for nodes".into();
            return Ok(vec![finding(&bucket, "set up", not, wrong(error))]);
        }
    };
    let set_up = "for nodes".into();
    let mut findings = vec![finding(&bucket, "set up", set_up, Verdict::Right)];
    findings.extend(of_copies(&found));
    let live = live(context).await?;
    if live.is_empty() {
        let none = "none".into();
        findings.push(finding("nodes", "live", none, Verdict::Right));
    }
    for node in &live {
        let mut others = live.iter();
        let unread = others.find_map(|other| Some((other.who(), node.lacks(other).next()?)));
        let verdict = match unread {
            None => Verdict::Right,
            Some((by, (event, version))) => Verdict::Change(format!(
                "upgrade it or stop it: it does not read {event} in version {version}, for one, which {by} would \
                 write and does not while this one is live"
            )),
        };
        findings.push(finding(node.node(), "live node", node.describe(), verdict));
    }
    Ok(findings)
}
