#!/usr/bin/env python3
"""One process writes: a second is told who does, and calls that read work beside it."""

import setting as settings
from books import Books
from ledger import EXIT_UNUSABLE, Ledger
from outcome import PromiseBroken
from workload import Workload

ORGANISATIONS = 3
FIRST_LINES, LATER_LINES = 40, 400
READINGS = 10
YEAR = "2010/11"


def refused_second(setting, ledger, holder):
    """A second writer: told who holds the ledger, exit 3, nothing recorded of what it was given."""
    with ledger.recording() as second:
        second.send(Workload(setting.random("second"), 1).batch(1, set()))
        second.end()
    said = second.stderr()
    if second.status != EXIT_UNUSABLE or second.answers:
        raise PromiseBroken(
            f"a second writer exits {second.status} with {len(second.answers)} answers; 3 and none were due"
        )
    if str(holder) not in said:
        raise PromiseBroken(f"the second writer is not told that process {holder} writes: {said[:300]!r}")


def answered(recording, books, lines):
    """Sends the lines and waits until all are answered."""
    books.send(lines)
    if not recording.send(lines) or not recording.await_answers(len(lines)):
        raise PromiseBroken(f"the first writer ends: {recording.stderr()[:300]}")


def run(setting):
    """A writer at rest, a writer at work, a writer that was killed."""
    ledger, books = Ledger(setting.program, setting.directory("two") / "data"), Books()
    workload = Workload(setting.random("two"), ORGANISATIONS)
    org = workload.orgs[0]
    with ledger.recording() as first:
        answered(first, books, workload.batch(FIRST_LINES, set()))
        refused_second(setting, ledger, first.process.pid)
        read_beside(ledger, books, first, org)

        # At work: what is read must be whole, and never less than was acknowledged when the reading began.
        lines = workload.batch(LATER_LINES, set(workload.orgs))
        books.send(lines)
        for start in range(0, LATER_LINES, LATER_LINES // READINGS):
            first.send(lines[start : start + LATER_LINES // READINGS])
            read_beside(ledger, books, first, org)
        refused_second(setting, ledger, first.process.pid)
        first.await_answers(FIRST_LINES + LATER_LINES)
        first.kill()

    # The lock does not outlive its holder.
    books.hear(first.answers)
    ledger.reopen()
    books.compare(ledger)
    ledger.must("verify")
    return f"the second writer was refused twice, {READINGS + 1} rounds of reading beside the first worked"


def read_beside(ledger, books, first, org):
    """The reading calls that must work beside a writer, and show at least what it has acknowledged."""
    known = books.acknowledged_of(org, list(first.answers))
    ledger.must("totals", "--org", org, "--year", YEAR, "--json")
    ledger.must("verify")
    shown = len(ledger.trail(org))
    if shown < known:
        raise PromiseBroken(f"beside the writer `trail` shows {shown} events of {org}; {known} were acknowledged")


def control(setting):
    """When the first writer has ended, the second must be let in: the refusal is then seen to be for the first."""
    ledger, books = Ledger(setting.program, setting.directory("two-control") / "data"), Books()
    with ledger.recording() as first:
        answered(first, books, Workload(setting.random("two"), ORGANISATIONS).batch(FIRST_LINES, set()))
        first.end()
    try:
        refused_second(setting, ledger, first.process.pid)
    except PromiseBroken as broken:
        return f"without a first writer the test fails, as it must: {broken}"
    raise PromiseBroken("a second writer was refused though the first had ended: the test cannot fail")


if __name__ == "__main__":
    settings.run_alone(__doc__, [("two_writers", run), ("two_writers control", control)])
