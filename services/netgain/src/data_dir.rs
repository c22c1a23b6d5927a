//! Where a ledger is and what proves it: `log/` is the record, `views/` can be deleted at any time,
//! `checkpoints/` is what was signed of the log. The keys that sign stand outside.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_events::state::Organisation;
use netgain_ledger::accounts::account_all;
use netgain_ledger::clock::SystemClock;
use netgain_ledger::fold_all::Folding;
use netgain_ledger::history::KnownAt;
use netgain_ledger::ledger::{Ledger, LedgerFault};
use netgain_ledger::loaded::Loaded;
use netgain_ledger::log::{Cursor, Log, LogRead};
use netgain_ledger::views::Views;
use netgain_log_file::{FileLog, OpenError, WriterLock};
use netgain_log_jetstream::{Home, JetStreamLog, JetStreamSeals};
use netgain_proof::agreement::Agreement;
use netgain_proof::examine;
use netgain_proof::keys::{KeyRing, SIGNING_KEY};
use netgain_proof::sealer::{SealError, Sealer};
use netgain_proof::store::Store;
use netgain_verify::note::VerifierKey;
use netgain_views::{Patience, SledViews};
use netgain_web::Beginning;
use netgain_witness::WitnessPolicy;

use crate::calls::not_answered::failure;
use crate::log_of_record::{LogOfRecord, ReaderOfRecord};
use crate::outcome::Failure;
use crate::progress::Progress;
use crate::servers::Servers;
use crate::writing::Writing;

/// Where Linux tells the machine's name.
const HOST_NAME: &str = "/proc/sys/kernel/hostname";

/// Where a ledger and what proves it are.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The ledger's directory.
    pub(crate) data: PathBuf,
    /// Its secret keys, and what they have signed last. Never inside `data`: a copy of the data
    /// that was put back must not bring its own memory along.
    pub(crate) keys: PathBuf,
    /// Its signed checkpoints.
    pub(crate) checkpoints: PathBuf,
    /// The names of people, and their passwords' hashes: outside what is copied along with the
    /// ledger, so that they can be changed and erased.
    pub(crate) people: PathBuf,
    /// The witnesses that must cosign, where there are any.
    pub(crate) witnesses: Option<PathBuf>,
    /// The servers that keep the log, where it is not in `data`.
    pub(crate) servers: Option<Servers>,
}

impl Place {
    /// The servers that keep the log, for a call that works on those.
    pub(crate) fn home(&self) -> Result<Home, Failure> {
        match &self.servers {
            Some(servers) => servers.home(),
            None => Err(Failure::Usage(
                "name the servers that keep the log, with --log nats://HOST:PORT,…".into(),
            )),
        }
    }
}

/// Where the log is.
pub(crate) fn log_dir(data: &Path) -> PathBuf {
    data.join("log")
}

/// Where the views are.
pub(crate) fn views_dir(data: &Path) -> PathBuf {
    data.join("views")
}

/// How many bytes the log has, for progress.
pub(crate) fn log_bytes(data: &Path) -> Option<u64> {
    let entries = std::fs::read_dir(log_dir(data)).ok()?;
    let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
    Some(sizes.sum())
}

/// A new ledger's identity.
pub(crate) fn new_ledger_id() -> LedgerId {
    let mut bytes = [0_u8; 16];
    // Without randomness from the operating system nothing secure can run; an identity made of the
    // time and the process still tells two ledgers apart.
    if getrandom::fill(&mut bytes).is_err() {
        let unique = format!("{:?}{}", std::time::SystemTime::now(), std::process::id());
        let digest = netgain_events::sha256::Sha256Hex::of(unique.as_bytes());
        bytes
            .iter_mut()
            .zip(digest.bytes())
            .for_each(|(byte, random)| *byte = *random);
    }
    let text: String = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(hex_digit)
        .collect();
    // Sixteen bytes are always 32 lower-case hex digits.
    text.parse().unwrap_or_else(|_| std::process::abort())
}

fn hex_digit(nibble: u8) -> Option<char> {
    char::from_digit(u32::from(nibble), 16)
}

/// Opens the ledger for writing, holds it to what was sealed, and says what had to be done to it.
pub(crate) fn open_for_writing(place: &Place) -> Result<Writing, Failure> {
    // A policy that cannot be read is found before anything is recorded.
    let witnesses = read_policy(place)?;
    let log = open_log(place)?;
    let (sealer, loaded) = check_and_load(place, &log)?;
    let ledger = ledger_of(log, loaded, sealer.as_ref());
    Ok(Writing {
        ledger: Arc::new(ledger),
        sealer,
        witnesses,
    })
}

/// A ledger of what was read of its log, without what may not be written any more.
pub(crate) fn ledger_of<L: Log>(log: L, loaded: Loaded, sealer: Option<&Sealer>) -> Ledger<L> {
    let ledger = Ledger::of(log, loaded, Box::new(SystemClock));
    for (org, alarm) in sealer.into_iter().flat_map(Sealer::alarms) {
        eprintln!("netgain: ALARM: {alarm}.");
        ledger.set_read_only(org.clone(), &alarm.to_string());
    }
    ledger
}

/// Holds the log to what was sealed, and reads what the views lack; where there are none, everything is
/// folded in the same reading. What refuses the whole ledger comes first: then nothing is written, the
/// views neither. A log that servers keep is sealed by the nodes that serve it and by no other call.
pub(crate) fn check_and_load(
    place: &Place,
    log: &LogOfRecord,
) -> Result<(Option<Sealer>, Loaded), Failure> {
    if log.is_shared() {
        return Ok((None, load(place, log)?));
    }
    let (store, keys) = open_store(place, log)?;
    let (sealer, loaded) = match Loaded::of_views(log, open_views(&place.data, log.ledger())) {
        Ok(loaded) => (check(place, log, store, keys)?, loaded),
        Err(views) => check_and_fold(place, log, store, keys, views)?,
    };
    Ok((Some(sealer), loaded))
}

/// The same for a node that serves a log which others serve too; nothing to seal with where it seals nothing.
/// Where it has views, the log is held to what was sealed while it serves (docs/adr/0027).
pub(crate) fn load_node(
    place: &Place,
    log: &LogOfRecord,
) -> Result<(Option<Beginning>, Loaded), Failure> {
    let servers = place.servers.as_ref();
    if servers.is_none_or(|servers| servers.seals_user.is_none()) {
        return Ok((None, load(place, log)?));
    }
    let (store, keys) = open_store(place, log)?;
    let (beginning, loaded) = match Loaded::of_views(log, open_views(&place.data, log.ledger())) {
        Ok(loaded) => (Beginning::Unchecked(store, keys), loaded),
        Err(views) => {
            let (sealer, loaded) = check_and_fold(place, log, store, keys, views)?;
            (Beginning::Checked(sealer), loaded)
        }
    };
    Ok((Some(beginning), loaded))
}

/// Reads what the views lack, and everything where there are none.
fn load(place: &Place, log: &LogOfRecord) -> Result<Loaded, Failure> {
    let views = open_views(&place.data, log.ledger());
    let mut progress = Progress::bytes("reading the history", None);
    let loaded = Loaded::read(log, Some(views), &mut |bytes| progress.at(bytes));
    Ok(loaded.map_err(LedgerFault::from)?)
}

/// Holds the whole log to its checkpoints and folds it.
fn check_and_fold(
    place: &Place,
    log: &LogOfRecord,
    store: Store,
    keys: KeyRing,
    views: Box<dyn Views>,
) -> Result<(Sealer, Loaded), Failure> {
    let mut progress = Progress::bytes("reading the history", log_bytes(&place.data));
    let registry = store.registry();
    let start = |org: &OrgId| {
        let state = Organisation::new(org.clone());
        let leaves = examine::leaves(registry, org);
        (Folding::new(state, *log.ledger()), leaves)
    };
    let read = account_all(log, &Cursor::default(), &start, &mut |bytes| {
        progress.at(bytes);
    });
    let (folded, leaves) = read.map_err(LedgerFault::from)?.apart();
    let examined = examine::judge(log, store.registry(), leaves).map_err(SealError::from)?;
    let loaded = Loaded::of_states(folded.into(), Some(views));
    Ok((Sealer::of(examined, store, keys), loaded))
}

/// The witnesses to ask, where there are any.
pub(crate) fn read_policy(place: &Place) -> Result<Option<WitnessPolicy>, Failure> {
    let Some(path) = &place.witnesses else {
        return Ok(None);
    };
    let bytes = std::fs::read(path).map_err(|e| Failure::file("read", path, &e))?;
    WitnessPolicy::parse(&bytes)
        .map(Some)
        .map_err(|e| Failure::Usage(format!("the witnesses in {}: {e}", path.display())))
}

/// Opens the ledger to write its views anew; nothing is recorded.
pub(crate) fn open_with_new_views(place: &Place) -> Result<Ledger<LogOfRecord>, Failure> {
    // The log's lock is held from here on: nobody else has the views open for writing.
    let log = open_log(place)?;
    let views = views_dir(&place.data);
    // Whatever else stands there is moved aside when the views are opened.
    if views.is_dir() {
        std::fs::remove_dir_all(&views).map_err(|e| Failure::file("delete", &views, &e))?;
    }
    open_ledger(&place.data, log)
}

/// Opens the log, wherever it is kept.
pub(crate) fn open_log(place: &Place) -> Result<LogOfRecord, Failure> {
    match &place.servers {
        Some(servers) => {
            let home = servers.home()?;
            // Views, keys and checkpoints are one process's, wherever the log is.
            std::fs::create_dir_all(&place.data)
                .map_err(|e| Failure::file("create", &place.data, &e))?;
            let lock = WriterLock::take(&place.data).map_err(explain)?;
            Ok(LogOfRecord::Servers(JetStreamLog::open(&home)?, lock))
        }
        None => open_files(&place.data).map(LogOfRecord::Files),
    }
}

fn open_files(data: &Path) -> Result<FileLog, Failure> {
    let log = FileLog::open_or_create(&log_dir(data), new_ledger_id).map_err(explain)?;
    if let Some(recovered) = log.recovered() {
        eprintln!(
            "netgain: an unfinished write was moved aside: {} bytes at {} ({}), kept in {}. It was \
             never acknowledged.",
            recovered.tail.bytes,
            recovered.tail.place,
            recovered.tail.why,
            recovered.kept.display()
        );
    }
    Ok(log)
}

fn open_ledger(data: &Path, log: LogOfRecord) -> Result<Ledger<LogOfRecord>, Failure> {
    let views = Some(open_views(data, log.ledger()));
    let mut progress = Progress::bytes("reading the history", log_bytes(data));
    let ledger = Ledger::open(log, views, Box::new(SystemClock), &mut |bytes| {
        progress.at(bytes);
    })?;
    Ok(ledger)
}

/// Opens the keys and the checkpoints, and holds the whole log to them.
pub(crate) fn open_sealer(place: &Place, log: &dyn LogRead) -> Result<Sealer, Failure> {
    let (store, keys) = open_store(place, log)?;
    check(place, log, store, keys)
}

/// Opens the keys and the checkpoints, which have to be this ledger's and as new as the keys remember; and, on
/// servers, as what the nodes have agreed on.
fn open_store(place: &Place, log: &dyn LogRead) -> Result<(Store, KeyRing), Failure> {
    let mut agreed = agreed_seals(place, log.ledger())?;
    let has_checkpoints = match &mut agreed {
        Some(agreed) => agreed.has_seals()?,
        None => Store::has_checkpoints(&place.checkpoints),
    };
    let new = !place.keys.join(SIGNING_KEY).exists();
    let keys = KeyRing::open_or_init(&place.keys, log.ledger(), has_checkpoints)?;
    if new {
        eprintln!(
            "netgain: made this ledger's signing key in {}. Keep it apart from copies of the \
             ledger, and safe; `netgain keys show` prints the public key that auditors need.",
            place.keys.display()
        );
    }
    let store = match agreed {
        Some(agreed) => Store::open_among(&place.checkpoints, &keys, agreed)?,
        None => Store::open(&place.checkpoints, &keys)?,
    };
    Ok((store, keys))
}

/// What an operator is shown of this node among others: the machine, the directory and the process.
pub(crate) fn node_name(place: &Place) -> String {
    // A machine that does not say its name has one directory like any other.
    let host = std::fs::read_to_string(HOST_NAME).unwrap_or_default();
    let (host, data) = (host.trim(), place.data.display());
    format!("{host}:{data} ({})", std::process::id())
}

/// Where the nodes of a cluster agree on their seals, if this is one that seals.
pub(crate) fn agreed_seals(
    place: &Place,
    ledger: &LedgerId,
) -> Result<Option<Box<dyn Agreement>>, Failure> {
    let Some(servers) = &place.servers else {
        return Ok(None);
    };
    let Some(home) = servers.seals_home()? else {
        return Ok(None);
    };
    let seals = JetStreamSeals::open(&home, ledger, &node_name(place))?;
    Ok(Some(Box::new(seals)))
}

/// Holds the whole log to its checkpoints.
fn check(place: &Place, log: &dyn LogRead, store: Store, keys: KeyRing) -> Result<Sealer, Failure> {
    let mut progress = Progress::bytes("checking what was sealed", log_bytes(&place.data));
    let sealer = Sealer::open(log, store, keys, &mut |bytes| progress.at(bytes))?;
    Ok(sealer)
}

pub(crate) fn open_views(data: &Path, ledger: &LedgerId) -> Box<dyn Views> {
    let opened = SledViews::open_for_writing(&views_dir(data), ledger, Patience::WRITING);
    if let Some(note) = opened.note {
        eprintln!("netgain: {note}");
    }
    Box::new(opened.views)
}

/// Makes the ledger's first key, and the ledger where there is none.
pub(crate) fn make_key(place: &Place) -> Result<VerifierKey, Failure> {
    let log = open_files(&place.data)?;
    if Store::has_checkpoints(&place.checkpoints) {
        // Another key signed those. Opening says what to do where it is gone.
        KeyRing::open_or_init(&place.keys, log.ledger(), true)?;
    }
    let ring = KeyRing::init(&place.keys, log.ledger())?;
    let key = ring.public_keys().first().cloned();
    log.close()?;
    key.ok_or_else(|| Failure::fault("the key that was made is not there"))
}

/// The public keys that the ledger's checkpoints are signed with, the newest first.
pub(crate) fn public_keys(place: &Place, log: &dyn LogRead) -> Result<Vec<VerifierKey>, Failure> {
    let keys = netgain_proof::keys::public_keys(&place.keys, log.ledger())?;
    if keys.is_empty() {
        return Err(Failure::fault(format!(
            "there is no verification key in {}; give the directory of this ledger's keys with --keys",
            place.keys.display()
        )));
    }
    Ok(keys)
}

/// Opens the ledger for reading, beside whoever writes it.
pub(crate) fn open_for_reading(place: &Place) -> Result<ReaderOfRecord, Failure> {
    match &place.servers {
        Some(servers) => {
            let reader = netgain_log_jetstream::Reader::open(&servers.home()?)?;
            Ok(ReaderOfRecord::Servers(reader))
        }
        None => {
            let reader = netgain_log_file::Reader::open(&log_dir(&place.data));
            reader.map(ReaderOfRecord::Files).map_err(explain)
        }
    }
}

fn explain(error: OpenError) -> Failure {
    error.into()
}

/// The state of one organisation as known at a point.
pub(crate) fn state(
    place: &Place,
    reader: &ReaderOfRecord,
    org: &OrgId,
    known_at: KnownAt,
) -> Result<Organisation, Failure> {
    let views = match known_at {
        KnownAt::Latest => {
            let views = SledViews::open_for_reading(
                &views_dir(&place.data),
                reader.ledger(),
                Patience::READING,
            );
            views.ok().flatten()
        }
        KnownAt::Position(_) | KnownAt::Time(_) => None,
    };
    let views = views.as_ref().map(|views| -> &dyn Views { views });
    netgain_answers::known::state(reader, views, org, known_at).map_err(failure)
}
