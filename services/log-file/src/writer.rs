//! The one thread that writes: whatever waits, in one write and one sync, then says so.
//!
//! A failed write or sync ends it. Nothing is tried again on what failed, because after a failed
//! sync the kernel may have dropped what was to be written and call the next sync a success.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use netgain_events::identifier::LedgerId;
use netgain_ledger::log::LogFault;

use crate::directory::{self, SEGMENT_NUMBER_MAX, segment_path};
use crate::frame::{HEADER, RecordHeader, SegmentHeader};
use crate::group::Group;
use crate::place::Place;
use crate::queue::Queue;

/// A group of fewer bytes than this is small: what it costs is its sync, not its writing.
const SMALL_GROUP_BYTES: usize = 64 * 1024;

/// After how many small groups in a row zeros are written ahead: not for a process that records
/// one thing and ends.
const SMALL_GROUPS_BEFORE_ZEROS: u32 = 4;

/// How many zeros are written ahead at once. A sync into them changes no file size, so that the
/// file system's journal has nothing to do: on ext4 with a fast disk that doubles the rate of single
/// appends. Writing this many takes a few milliseconds on a slow disk, once in a thousand appends.
const ZEROS_AHEAD_BYTES: usize = 512 * 1024;

/// Writes a ledger's last segment, and begins new ones.
pub(crate) struct Writer {
    directory: PathBuf,
    ledger: LedgerId,
    segment_bytes: u64,
    queue: Arc<Queue>,
    file: File,
    /// Where the next group goes.
    place: Place,
    /// The file's length. From the place on there are zeros, or a closing mark and zeros.
    file_bytes: u64,
    /// How many small groups came in a row.
    small_groups: u32,
    zeros: Vec<u8>,
}

impl Writer {
    /// Opens the segment in which a log ends.
    pub(crate) fn open(
        directory: &Path,
        ledger: LedgerId,
        place: Place,
        segment_bytes: u64,
        queue: Arc<Queue>,
    ) -> io::Result<Self> {
        let path = segment_path(directory, place.segment);
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Self {
            directory: directory.to_owned(),
            ledger,
            segment_bytes,
            queue,
            file_bytes: file.metadata()?.len(),
            file,
            place,
            small_groups: 0,
            zeros: Vec::new(),
        })
    }

    /// Writes until the log is closed or fails.
    pub(crate) fn run(mut self) -> Result<(), Arc<LogFault>> {
        let _said = SayWhenPanicking(Arc::clone(&self.queue));
        let outcome = self.write_all().and_then(|()| Ok(self.close()?));
        if let Err(fault) = &outcome {
            self.queue.fail(fault);
        }
        outcome
    }

    fn write_all(&mut self) -> Result<(), Arc<LogFault>> {
        let mut buffer = Vec::new();
        while let Some(group) = self.queue.take(buffer)? {
            self.write(&group)?;
            self.queue.settle(&group, &self.place);
            buffer = group.bytes;
        }
        Ok(())
    }

    /// Writes a group and syncs it. Only then is the place after it.
    fn write(&mut self, group: &Group) -> Result<(), LogFault> {
        let length = u64::try_from(group.bytes.len()).unwrap_or(u64::MAX);
        if self.place.offset > HEADER && self.place.offset + length > self.segment_bytes {
            self.begin_segment(group)?;
        }
        let end = self.place.offset + length;
        self.attempt("write to", |writer| {
            writer
                .file
                .write_all_at(&group.bytes, writer.place.offset)?;
            writer.write_ahead(end, group.bytes.len())
        })?;
        self.attempt("sync", |writer| writer.file.sync_data())?;
        self.place.offset = end;
        self.place.next = group.next;
        self.place.chain = group.chain;
        self.place.last_length = group.last_length;
        let counters = &self.queue.counters;
        counters.groups.fetch_add(1, Ordering::Relaxed);
        counters.syncs.fetch_add(1, Ordering::Relaxed);
        counters
            .records
            .fetch_add(group.records.into(), Ordering::Relaxed);
        counters.bytes.fetch_add(length, Ordering::Relaxed);
        Ok(())
    }

    /// Puts zeros behind a group that ends there, if it made the file longer and others like it
    /// are likely to follow.
    fn write_ahead(&mut self, end: u64, group_bytes: usize) -> io::Result<()> {
        self.small_groups = if group_bytes < SMALL_GROUP_BYTES {
            self.small_groups.saturating_add(1)
        } else {
            0
        };
        if end <= self.file_bytes {
            return Ok(());
        }
        self.file_bytes = end;
        let room = self.segment_bytes.saturating_sub(end);
        let count = usize::try_from(room)
            .unwrap_or(usize::MAX)
            .min(ZEROS_AHEAD_BYTES);
        if self.small_groups <= SMALL_GROUPS_BEFORE_ZEROS || count == 0 {
            return Ok(());
        }
        self.zeros.resize(ZEROS_AHEAD_BYTES, 0);
        match self
            .file
            .write_all_at(self.zeros.get(..count).unwrap_or_default(), end)
        {
            Ok(()) => self.file_bytes = end + u64::try_from(count).unwrap_or(0),
            // The zeros are a convenience; the disk may still have room for what matters.
            Err(error) if is_full(&error) => self.small_groups = 0,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Ends this segment and begins the next one, whose first record will be the group's.
    fn begin_segment(&mut self, group: &Group) -> Result<(), LogFault> {
        self.attempt("end", |writer| {
            if writer.file_bytes > writer.place.offset {
                writer.file.set_len(writer.place.offset)?;
                writer.file.sync_all()?;
                writer.queue.counters.syncs.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        })?;
        let segment = self.place.segment + 1;
        let header = SegmentHeader {
            segment,
            first_sequence: group.first(),
            ledger: self.ledger,
            chain: group.chain_before,
        };
        self.place = Place::after(&header);
        self.attempt("begin", |writer| {
            writer.file = create_segment(&writer.directory, &header)?;
            writer.queue.counters.syncs.fetch_add(2, Ordering::Relaxed);
            Ok(())
        })?;
        self.file_bytes = HEADER;
        Ok(())
    }

    /// Leaves the closing mark, and no zeros behind it. Neither needs a sync: without them the log
    /// ends at the same place.
    fn close(&mut self) -> Result<(), LogFault> {
        let end = self.place.offset + HEADER;
        self.attempt("close", |writer| {
            let (mark, _) =
                RecordHeader::closing_mark(writer.place.next, writer.place.chain).encode();
            writer.file.write_all_at(&mark, writer.place.offset)?;
            if writer.file_bytes > end {
                writer.file.set_len(end)
            } else {
                Ok(())
            }
        })
    }

    /// Does something to the segment file. An error is the end of this writer.
    fn attempt(
        &mut self,
        what: &str,
        action: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> Result<(), LogFault> {
        action(self).map_err(|error| LogFault {
            what: format!(
                "cannot {what} {}",
                segment_path(&self.directory, self.place.segment).display()
            ),
            source: Some(error.into()),
        })
    }
}

/// Creates a segment file. When it returns, the file, its header and its name are durable.
pub(crate) fn create_segment(directory: &Path, header: &SegmentHeader) -> io::Result<File> {
    if header.segment > SEGMENT_NUMBER_MAX {
        return Err(io::Error::other("there is no higher segment number"));
    }
    let path = segment_path(directory, header.segment);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(path)?;
    file.write_all_at(&header.encode(), 0)?;
    file.sync_all()?;
    directory::sync(directory)?;
    Ok(file)
}

/// Whether there is only no room.
fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// Says that nothing more will be durable, if the writing thread panics.
struct SayWhenPanicking(Arc<Queue>);

impl Drop for SayWhenPanicking {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let what = "the thread that writes the log panicked".into();
            self.0.fail(&Arc::new(LogFault { what, source: None }));
        }
    }
}
