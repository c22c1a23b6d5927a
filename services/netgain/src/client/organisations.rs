//! Which organisations a service lets somebody read.

use netgain_events::identifier::OrgId;
use serde::Deserialize;

use super::failed::Failed;
use super::server::Server;

/// How many a page has (interface, *HTTP*).
const PAGE_MAX: usize = 1_000;

/// One of the list; what else stands there is not needed.
#[derive(Deserialize)]
struct Listed {
    org: OrgId,
}

impl Server {
    /// The organisations that the token may read, in the order of their codes. One code is some bytes, and a
    /// ledger has thousands of organisations at the most.
    pub(crate) fn organisations(&self) -> Result<Vec<OrgId>, Failed> {
        let mut all: Vec<OrgId> = Vec::new();
        loop {
            let after = all
                .last()
                .map_or_else(String::new, |last| format!("&after={last}"));
            let path = format!("/api/v1/organisations?limit={PAGE_MAX}{after}");
            let page: Vec<Listed> = self.get(&path)?;
            let last = page.len() < PAGE_MAX;
            for Listed { org } in page {
                // Going back would never come to an end.
                if all.last().is_some_and(|last| *last >= org) {
                    return Err(self.strange(format!(
                        "a list of organisations in which {org} is out of order"
                    )));
                }
                all.push(org);
            }
            if last {
                return Ok(all);
            }
        }
    }
}
