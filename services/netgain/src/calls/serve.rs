//! `netgain serve`: the ledger as a service, until it is told to stop.

use std::io::IsTerminal;
use std::sync::Arc;

use netgain_ledger::log::Log;
use netgain_sign_in::people::People;
use netgain_web::{Beginning, Seals, Served, Service, ServiceParts, SignIn};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::calls::cluster;
use crate::config::Config;
use crate::data_dir::{self, Place};
use crate::log_of_record::LogOfRecord;
use crate::outcome::{Failure, Outcome};

/// Serves until it is told to stop. `ready` hears at which address, once it listens.
pub(crate) fn run(config: &Config, ready: impl FnOnce(&str) -> Outcome) -> Outcome {
    log_to_stderr(&config.values.log_level)?;
    // What is wrong with a provider is found before the ledger is opened.
    let providers = config.providers()?;
    let settings = config.service();
    let place = &config.place();
    let log = Arc::new(data_dir::open_log(place)?);
    // Before it reads what others write.
    log.announce(&data_dir::node_name(place))
        .map_err(cluster::failure)?;
    let shared: Arc<dyn Log> = Arc::<LogOfRecord>::clone(&log);
    let witnesses = data_dir::read_policy(place)?;
    let (beginning, loaded) = if log.is_shared() {
        data_dir::load_node(place, &log)?
    } else {
        let (sealer, loaded) = data_dir::check_and_load(place, &log)?;
        (sealer.map(Beginning::Checked), loaded)
    };
    let sealer = match &beginning {
        Some(Beginning::Checked(sealer)) => Some(sealer),
        Some(Beginning::Unchecked(..)) | None => None,
    };
    let ledger = Arc::new(data_dir::ledger_of(shared, loaded, sealer));
    let every = settings.seal_every;
    let (seals, keys) = match beginning {
        Some(beginning) => {
            let keys = data_dir::public_keys(place, &*log)?;
            let ledger = Arc::clone(&ledger);
            let seals = Seals::start(ledger, beginning, reopen(place), witnesses, every)?;
            (seals, keys)
        }
        None => (Seals::none(), Vec::new()),
    };
    let service = Service::new(ServiceParts {
        ledger,
        seals,
        keys,
        checkpoints: place.checkpoints.clone(),
        data: place.data.clone(),
        sign_in: SignIn::new(
            People::open(&place.people)?,
            config.values.sessions,
            providers,
        ),
        settings,
    });
    // Requests are decided on the runtime's threads: as long as all have some, more can be recorded with the next sync.
    let (resting, resuming) = (Arc::clone(&log), Arc::clone(&log));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_park(move || resting.rest())
        .on_thread_unpark(move || resuming.resume())
        .build()?;
    let scheme = if config.values.service.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let mut told = Ok(());
    let served = runtime.block_on(until_stopped(Arc::clone(&service), |served| {
        let address = format!("{scheme}://{}", served.listen);
        eprintln!("netgain: serving on {address}");
        if let Some(metrics) = served.metrics {
            eprintln!("netgain: figures for Prometheus on http://{metrics}/metrics");
        }
        told = ready(&address);
    }));
    // Whatever still runs, a stream that nobody reads for instance, ends here.
    drop(runtime);
    // Where it could not listen, too: what was recorded before is sealed and the log closed.
    let closed = close(service, log);
    served.and(told).and(closed)
}

fn log_to_stderr(level: &str) -> Outcome {
    let filter = EnvFilter::try_new(level)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        lines.with_target(false).init();
    } else {
        lines.json().flatten_event(true).init();
    }
    Ok(())
}

/// How the sealer is opened again after a seal has failed half-way.
fn reopen(place: &Place) -> netgain_web::OpenSealer {
    let place = place.clone();
    Box::new(move |log| data_dir::open_sealer(&place, log).map_err(Failure::into_error))
}

async fn until_stopped(service: Arc<Service>, ready: impl FnOnce(Served)) -> Outcome {
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
        stop.send_replace(true);
    });
    netgain_web::serve(service, stopped, ready).await?;
    Ok(())
}

/// Seals and keeps what was recorded last, and closes the ledger.
fn close(service: Arc<Service>, log: Arc<LogOfRecord>) -> Outcome {
    let is_checking = service.is_checking_seals();
    let closed = service.close();
    drop(service);
    match Arc::try_unwrap(log) {
        Ok(log) => log.close()?,
        // It is still being held to what was sealed; that reading ends with the process.
        Err(log) if is_checking => log.finish()?,
        Err(_) => {
            return Err(Failure::fault(
                "the ledger is still in use and was not closed",
            ));
        }
    }
    closed?;
    Ok(())
}
