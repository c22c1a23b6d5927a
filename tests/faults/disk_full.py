#!/usr/bin/env python3
"""On a full disk nothing is acknowledged that is not there, reading goes on, and writing resumes when there is space.

The disk is a tmpfs of a few megabytes with a ballast file in it. Needs root.
"""

import errno
import os
import threading

import file_systems
import setting as settings
from books import Books
from ledger import EXIT_DONE, EXIT_REFUSED, EXIT_UNUSABLE, Ledger
from outcome import PromiseBroken
from workload import Workload

ROUNDS = 3
# About as small as a data directory can be; a few thousand long lines fill what the ballast leaves.
DISK_BYTES, BALLAST_BYTES = 12 * 1024 * 1024, 4 * 1024 * 1024
LINES, TEXT_BYTES = 9_000, 1_800
GO_ON_LINES = 50
YEAR = "2010/11"


def recorded(ledger, books, workload, count):
    """Sends that many lines at once and waits for the end. Returns the exit status, and what was said if it gave up."""
    batch = workload.batch(count, books.registered())
    books.send(batch)
    with ledger.recording() as recording:
        feeder = threading.Thread(target=recording.send, args=(batch,))
        feeder.start()
        # It ends by itself, by the end of its input or by a full disk.
        answered_all = recording.await_answers(count)
        feeder.join()
        recording.end()
    books.hear(recording.answers)
    return recording.status, answered_all, recording.stderr()


def must_be_full(place):
    """The disk must really have run out: more than a page cannot be written."""
    filler = place / "filler"
    try:
        filler.write_bytes(b"\0" * BALLAST_BYTES)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return
        raise
    finally:
        filler.unlink()
    raise PromiseBroken(f"`record` gave up while {BALLAST_BYTES:,} bytes were free")


def check_reading(ledger, books):
    """Reading calls beside a full disk: all that was acknowledged is shown. `verify` may name an unfinished write."""
    seen = books.compare(ledger)
    ledger.must("totals", "--org", sorted(books.registered())[0], "--year", YEAR, "--json")
    verified = ledger.call("verify")
    if verified.returncode not in (EXIT_DONE, EXIT_REFUSED):
        raise PromiseBroken(f"`verify` exits {verified.returncode}: {verified.stderr.decode(errors='replace')[:300]}")
    return seen


def round_on(place, setting, number):
    """Fills one disk, reads beside it, makes room, and goes on."""
    ledger, books = Ledger(setting.program, place / "data"), Books()
    workload = Workload(setting.random("full", number), text_bytes=TEXT_BYTES - number)
    ballast = place / "ballast"
    ballast.write_bytes(os.urandom(BALLAST_BYTES))

    status, answered_all, said = recorded(ledger, books, workload, LINES)
    if answered_all:
        raise PromiseBroken(f"all {LINES:,} lines were acknowledged on a disk that cannot hold them")
    if status != EXIT_UNUSABLE or not said:
        raise PromiseBroken(f"on a full disk `record` exits {status}, saying {said[:300]!r}; 3 and a message were due")
    must_be_full(place)
    acknowledged, beyond = check_reading(ledger, books)

    # Still full: a line too long for what is left is refused again, and what is there stays.
    status, answered_all, said = recorded(ledger, books, workload, LINES)
    if status != EXIT_UNUSABLE or answered_all:
        raise PromiseBroken(f"on a disk that is still full `record` exits {status}, saying {said[:300]!r}")
    check_reading(ledger, books)

    ballast.unlink()
    ledger.reopen()
    books.compare(ledger)
    ledger.must("verify")
    status, answered_all, said = recorded(ledger, books, workload, GO_ON_LINES)
    if not answered_all:
        raise PromiseBroken(f"with space again `record` exits {status}, saying {said[:300]!r}")
    books.compare(ledger)
    return acknowledged, beyond


def run(setting):
    """Several disks, filled at slightly different places."""
    file_systems.require_root()
    seen = []
    for number in range(ROUNDS):
        with file_systems.tmpfs(setting.directory("disks") / str(number), DISK_BYTES) as place:
            seen.append(round_on(place, setting, number))
    return (
        f"{len(seen)} disks filled: {sum(each[0] for each in seen):,} acknowledged, none lost; reading went on, "
        "writing resumed"
    )


def control(setting):
    """On a disk with room for everything the test must fail: what it waits for, a refusal, never comes.

    Taking the sync out would show nothing here, for a tmpfs has no disk to sync to.
    """
    file_systems.require_root()
    with file_systems.tmpfs(setting.directory("disks") / "control", 20 * DISK_BYTES) as place:
        try:
            round_on(place, setting, ROUNDS)
        except PromiseBroken as broken:
            return f"with room for everything the test fails, as it must: {broken}"
    raise PromiseBroken("a disk with room for everything counted as full: the test cannot fail")


if __name__ == "__main__":
    settings.run_alone(__doc__, [("disk_full", run), ("disk_full control", control)])
