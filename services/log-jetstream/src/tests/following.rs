//! Following a log while servers come and go.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;

use netgain_ledger::log::{Cursor, Lineage, Log as _, LogRead as _};

use crate::Reader;
use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, is_written, line, open};

#[test]
fn a_follower_sees_every_commit_once_across_a_restart_of_the_server() {
    const COMMITS: u64 = 300;
    let Some(mut servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    let lineage = Arc::new(Lineage::default());
    let reader = Reader::open(&home).unwrap();
    let followed = thread::scope(|scope| {
        let follower = scope.spawn(|| {
            let mut seen = Vec::new();
            let mut next = 1;
            let end = reader.follow(&Cursor::default(), &mut |commit, _| {
                if let Some(commit) = commit {
                    assert_eq!(commit.first.get(), next, "no gap and no repeat");
                    next += u64::from(commit.events);
                    seen.extend_from_slice(commit.lines);
                }
                if next > COMMITS {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            (seen, end.unwrap())
        });
        for position in 1..=COMMITS {
            if position == COMMITS / 2 {
                servers.kill(0);
                servers.run(0);
            }
            let ticket = append(&log, "E07000082", position, "x", &lineage);
            assert!(is_written(&log, ticket, &lineage));
        }
        follower.join().unwrap()
    });
    let expected: Vec<u8> = (1..=COMMITS)
        .flat_map(|position| line(position, "x"))
        .collect();
    assert!(followed.0 == expected);
    assert_eq!(followed.1, log.durable_end());
    let mut after = 0;
    reader.read(&followed.1, None, &mut |_| after += 1).unwrap();
    assert_eq!(after, 0, "what was followed is not shown again from there");
}
