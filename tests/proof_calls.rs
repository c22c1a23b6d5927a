//! What proves a ledger, as its keeper and an auditor use it: statements and their bundles, the keys,
//! the checkpoints that were kept, and histories that are not what was sealed.

#[cfg(test)]
mod proof_calls {
    mod auditor;
    mod bad_bundles;
    mod harness;
    mod kept;
    mod keys;
    mod samples;
    mod statements;
    mod tampering;
}
