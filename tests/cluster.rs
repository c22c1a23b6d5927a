//! Several nodes on one ledger whose log real servers keep: a client may talk to any, and nothing that any of
//! them acknowledged is lost or doubled. Where there is no nats-server, each test says so and proves nothing.

#[cfg(test)]
mod cluster {
    mod any_node;
    mod calls;
    mod contention;
    mod keys;
    mod killed_node;
    mod later_start;
    mod lost_servers;
    mod moving;
    mod nodes;
    mod paused_node;
    mod silent_servers;
    mod versions;
}
