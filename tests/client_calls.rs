//! The command line as a client: every call that reads or records says through a running service what it
//! says on the ledger's own files, and nothing where it was not given the whole history.

#[cfg(test)]
mod client_calls {
    mod between;
    mod harness;
    mod importing;
    mod people;
    mod reading;
    mod recording;
    mod trouble;
}
