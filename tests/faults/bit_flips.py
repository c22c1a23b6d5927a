#!/usr/bin/env python3
"""`verify` reports every single changed bit of the log, and every record that was deleted, swapped or repeated.

It must say so with exit status 1 and name a place; never die, never hang, never change anything.
"""

import concurrent.futures
import shutil
import time

import setting as settings
from ledger import EXIT_DONE, EXIT_REFUSED, Ledger, Recording
from outcome import PromiseBroken
from scene import Scene
from segment_files import records, segments

FLIPS = 1_000
# One flip in this many hits the zeros written ahead of the log, where there are any.
AHEAD_EVERY = 20
EDITS_OF_EACH_KIND = 10
# Commits of one event and of several.
BURSTS = [1] * 40 + [2, 3, 5, 7, 11, 13] * 6
# What the promise of an answer within a moment means for so small a ledger, on a busy machine.
VERIFY_MAX_S = 10


def recorded(setting, name, finish):
    """A ledger of a few hundred events, closed or killed."""
    scene = Scene(setting, name)
    scene.record_all(BURSTS, finish=finish)
    scene.books.compare(scene.ledger)
    if not segments(scene.ledger.data):
        raise PromiseBroken("the data directory has no segment file")
    return scene.ledger, scene.workload.orgs


class Copy:
    """A copy of a ledger, to be changed and changed back."""

    def __init__(self, ledger, place, orgs):
        shutil.copytree(ledger.data, place)
        self.ledger = Ledger(ledger.program, place)
        self.files = segments(place)
        self.contents = [path.read_bytes() for path in self.files]
        # What can be named: a segment file, or an organisation.
        self.places = [path.name for path in self.files] + orgs

    def must_be_whole(self):
        """The control: what nobody changed verifies."""
        self.ledger.must("verify")

    def must_be_reported(self, number, content, what):
        """Verifies with that content instead of a file's own, which is put back."""
        path = self.files[number]
        path.write_bytes(content)
        verified = self.ledger.call("verify", timeout=VERIFY_MAX_S)
        said = (verified.stdout + verified.stderr).decode(errors="replace")
        if verified.returncode != EXIT_REFUSED:
            raise PromiseBroken(f"{what}: `verify` exits {verified.returncode}, saying {said[:300]!r}; 1 was due")
        if not any(place in said for place in self.places):
            raise PromiseBroken(f"{what}: `verify` names no place: {said[:300]!r}")
        if path.read_bytes() != content:
            raise PromiseBroken(f"{what}: `verify` changed the file")
        path.write_bytes(self.contents[number])


def flips(random, contents, count):
    """Changed contents, each by one bit: the file's number, its bytes, and what was done."""
    written = [records(content)[1] for content in contents]
    for index in range(count):
        number = random.choices(range(len(contents)), weights=written)[0]
        ahead = len(contents[number]) - written[number]
        if index % AHEAD_EVERY == 0 and ahead:
            offset = written[number] + random.randrange(ahead)
        else:
            offset = random.randrange(written[number])
        bit = random.randrange(8)
        changed = bytearray(contents[number])
        changed[offset] ^= 1 << bit
        yield number, bytes(changed), f"bit {bit} of byte {offset} (of {written[number]} written) flipped"


def edits(random, contents, count):
    """Changed contents, each by whole records: deleted, swapped, repeated."""
    for _ in range(count):
        number = random.randrange(len(contents))
        content = contents[number]
        placed, _ = records(content)
        one = random.randrange(len(placed))
        other = random.choice([index for index in range(len(placed)) if index != one])
        first, second = (placed[index] for index in sorted((one, other)))
        bytes_of = {record: content[record.start : record.end] for record in (first, second)}
        between = content[first.end : second.start]
        head, rest = content[: first.start], content[second.end :]
        whole = content[: second.end]
        yield number, content[: placed[one].start] + content[placed[one].end :], (
            f"record at {placed[one].start} deleted"
        )
        yield number, head + bytes_of[second] + between + bytes_of[first] + rest, (
            f"records at {first.start} and {second.start} swapped"
        )
        yield number, whole + bytes_of[second] + rest, f"record at {second.start} repeated"
        yield number, whole + bytes_of[first] + rest, f"record at {first.start} repeated after {second.start}"


def report_all(copy, changes):
    """Every change must be reported. Returns how many, and the longest that `verify` took."""
    count, longest = 0, 0.0
    for number, content, what in changes:
        started = time.monotonic()
        copy.must_be_reported(number, content, what)
        longest = max(longest, time.monotonic() - started)
        count += 1
    copy.must_be_whole()
    return count, longest


def run(setting, count=FLIPS):
    """The flips on a closed ledger and, side by side, on one that was killed; the edits on the closed one.

    One that was killed has no closing mark: nothing in the file shows then that its last record was ever there. And
    it has zeros behind its records, written ahead.
    """

    def share(name, finish, flip_count, edit_count):
        ledger, orgs = recorded(setting, name, finish)
        copy = Copy(ledger, setting.directory("copies") / name, orgs)
        copy.must_be_whole()
        random = setting.random("flips", name)
        flipped, slowest = report_all(copy, flips(random, copy.contents, flip_count))
        edited, slower = report_all(copy, edits(random, copy.contents, edit_count))
        return flipped, edited, max(slowest, slower)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        closed = pool.submit(share, "closed", Recording.end, count - count // 2, EDITS_OF_EACH_KIND)
        killed = pool.submit(share, "killed", Recording.kill, count // 2, 0)
        shares = [closed.result(), killed.result()]
    return (
        f"{sum(each[0] for each in shares):,} of {count:,} flips reported, {sum(each[1] for each in shares)} deleted, "
        f"swapped or repeated records reported; the slowest took {max(each[2] for each in shares):.2f} s"
    )


def control(setting):
    """An untouched copy must verify, and so fail the test, which waits for a report."""
    ledger, orgs = recorded(setting, "untouched", Recording.end)
    copy = Copy(ledger, setting.directory("copies") / "control", orgs)
    verified = copy.ledger.call("verify")
    if verified.returncode != EXIT_DONE:
        raise PromiseBroken(f"an untouched copy does not verify: exit {verified.returncode}")
    try:
        copy.must_be_reported(0, copy.contents[0], "nothing changed")
    except PromiseBroken as broken:
        return f"with nothing changed the test fails, as it must: {broken}"
    raise PromiseBroken("an untouched copy counted as reported: the test cannot fail")


if __name__ == "__main__":
    settings.run_alone(__doc__, [("bit_flips", run), ("bit_flips control", control)], "flips", FLIPS)
