//! `netgain witness`: cosigns the checkpoints of other ledgers that it finds consistent.

use netgain_witness::{Witness, serve};
use tokio::net::TcpListener;

use crate::cli;
use crate::outcome::{Failure, Outcome};

pub(crate) fn run(call: &cli::Witness) -> Outcome {
    let witness = Witness::open(&call.dir, &call.name)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(call.listen)
            .await
            .map_err(|e| Failure::fault(format!("cannot listen on {}: {e}", call.listen)))?;
        serve(witness, listener).await?;
        Ok(())
    })
}
