#!/usr/bin/env python3
"""Nothing acknowledged is lost when the power goes, on ext4 and xfs.

The file system's own shutdown call cuts it off from its disk at a random moment of a recording: nothing written after
its last sync is there when it is mounted again. Needs root.
"""

import os
import threading
import time

import file_systems
import setting as settings
from books import Books
from injection import SYNCS, require_strace, strace
from ledger import Ledger
from outcome import PromiseBroken
from workload import Workload

CUTS = 30
# How many cuts a file system and its ledger live through before they start afresh.
CUTS_PER_IMAGE = 5
LINES = 3_000
BURST_MAX = 300
# After the last answer waited for: enough to be anywhere in the next write and sync.
MOMENT_MAX_S = 0.003


def cut_once(image, place, program, books, workload, random, wrapped_in=None):
    """Records until the power goes at a random moment, and hears what was acknowledged by then.

    Not what came after: to a sync that is under way when it shuts down, the kernel may answer with success and lose
    what was to be synced. A writer of ten lines, with one `pwrite` and one `fdatasync` a record, heard so in 22 of 400
    cuts (Linux 6.18, ext4 and xfs), always after the cut had begun. Where the power goes, nobody hears that answer.
    """
    batch = workload.batch(LINES, books.registered())
    books.send(batch)
    await_every_burst = random.random() < 0.3
    sizes = random_sizes(random, len(batch))
    # Half of the cuts come early, where the files are still being made.
    answers = random.choice([random.randrange(1, 30), random.randrange(1, LINES)])
    moment = random.random() * MOMENT_MAX_S
    with Ledger(program, place / "data").recording(wrapped_in) as recording:
        feeder = threading.Thread(target=feed, args=(recording, batch, sizes, await_every_burst))
        feeder.start()
        if not recording.await_answers(answers):
            raise PromiseBroken(f"`record` ends before the power goes: {recording.stderr()[:300]}")
        time.sleep(moment)
        by_then = recording.answered_bytes()
        image.cut_power()
        recording.kill()
        feeder.join()
    books.hear(recording.answers_within(by_then))


def random_sizes(random, total):
    """Sizes of bursts that add up to the total or more."""
    sizes = []
    while sum(sizes) < total:
        sizes.append(random.randrange(1, BURST_MAX))
    return sizes


def feed(recording, lines, sizes, await_every_burst):
    """Sends the lines in bursts of those sizes until all are sent or nobody reads them any more."""
    sent = 0
    for size in sizes:
        burst = lines[sent : sent + size]
        sent += len(burst)
        if not recording.send(burst) or (await_every_burst and not recording.await_answers(sent)):
            return


def check(place, program, books):
    """After the power is back: opening for writing recovers by itself, and all is there."""
    ledger = Ledger(program, place / "data")
    ledger.reopen()
    seen = books.compare(ledger)
    ledger.must("verify")
    return seen


def cuts_on(setting, kind, count, wrapped_in=None):
    """That many cuts on one kind of file system. Returns what was seen after each."""
    image = file_systems.LoopImage(kind, setting.directory("images"))
    seen = []
    for number in range(count):
        random = setting.random("power", kind, number)
        if number % CUTS_PER_IMAGE == 0:
            image.make()
            books, workload = Books(), Workload(setting.random("power", kind, "lines", number))
        with image.mounted() as place:
            cut_once(image, place, setting.program, books, workload, random, wrapped_in)
        with image.mounted() as place:
            try:
                seen.append(check(place, setting.program, books))
            except PromiseBroken as broken:
                raise type(broken)(f"{kind}, cut {number + 1}: {broken}") from broken
    return seen


def run(setting, cuts=CUTS):
    """The cuts, split over the file systems that can be made here."""
    file_systems.require_root()
    kinds = file_systems.available()
    seen = {
        kind: cuts_on(setting, kind, cuts // len(kinds) + (index < cuts % len(kinds)))
        for index, kind in enumerate(kinds)
    }
    everything = [pair for pairs in seen.values() for pair in pairs]
    if not any(acknowledged for acknowledged, _ in everything):
        raise PromiseBroken("no cut hit a run that had acknowledged anything: the test has seen nothing")
    where = ", ".join(f"{len(pairs)} on {kind}" for kind, pairs in seen.items())
    return (
        f"{len(everything)} cuts ({where}): {sum(pair[0] for pair in everything):,} acknowledged, none lost; "
        f"{sum(pair[1] for pair in everything):,} more survived"
    )


def without_sync(_pipe):
    """Every sync is answered with success, and the kernel is never asked."""
    return strace(os.devnull, SYNCS, f"{','.join(SYNCS)}:retval=0")


def control(setting):
    """With the sync taken out the test must fail."""
    file_systems.require_root()
    require_strace()
    said = []
    for kind in file_systems.available():
        image, books = file_systems.LoopImage(kind, setting.directory("images")), Books()
        workload, random = Workload(setting.random("control", kind)), setting.random("control", kind, "cut")
        image.make()
        with image.mounted() as place:
            cut_once(image, place, setting.program, books, workload, random, without_sync)
        if not books.acknowledged:
            raise PromiseBroken(f"nothing was acknowledged on {kind} without the sync: the control shows nothing")
        with image.mounted() as place:
            try:
                check(place, setting.program, books)
            except PromiseBroken as broken:
                said.append(f"{kind}: {broken}")
            else:
                raise PromiseBroken(f"no acknowledged event is lost on {kind} without any sync: the test cannot fail")
    return f"without the sync the test fails, as it must: {'; '.join(said)}"


if __name__ == "__main__":
    settings.run_alone(__doc__, [("power_cut", run), ("power_cut control", control)], count_word="cuts", count=CUTS)
