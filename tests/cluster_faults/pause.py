"""A node that stood still while others wrote: what it appends then is too late, is refused, and is decided again."""

import time

import cluster
import history
import patience
from nodes import ANSWER_S, ORGANISATIONS
from outcome import PromiseBroken
from writers import Writers

PAUSE_S, CONTROL_PAUSE_S = 10, 3
AROUND = 100
RESUME_S = 30
# The figures are taken once a second.
FIGURE_S = 5
STANDS_STILL = 0
# One organisation, so that whoever goes on leaves the other behind.
ONE = ORGANISATIONS[:1]


def run(setting, nats_server):
    """Stops the only node that has written an organisation, lets the two others write it, and lets it go on."""
    with cluster.running(setting, nats_server, "pause") as (_, nodes):
        others = Writers(nodes, setting.random("pause", "others"), to=[1, 2], organisations=ONE, name="o")

        def meanwhile():
            with others:
                time.sleep(PAUSE_S)

        writers, late, refused, again = stand_still(setting, nodes, meanwhile)
        if len(others.acknowledged) < AROUND:
            raise PromiseBroken(f"the others got {len(others.acknowledged)} answers in {PAUSE_S} s")
        history.compare(nodes, setting, [writers, others])
    return (
        f"{PAUSE_S} s still while others recorded {len(others.acknowledged):,}: {refused:,.0f} stale appends refused, "
        f"{again:,.0f} requests decided again, {late} of those that had waited acknowledged behind the others'; "
        f"{len(writers.acknowledged):,} acknowledged by it, none lost or doubled"
    )


def stand_still(setting, nodes, meanwhile):
    """Writes at one node, stops it in the middle, and lets it go on. Its late appends must be seen to be refused.

    Returns the writers, how many waited all that time, and the node's figures: appends refused, requests decided again.
    """
    figures = ["log_displacements", "decided_again"]
    # Who waits, waits until it goes on.
    writers = Writers(
        nodes, setting.random("pause"), to=[STANDS_STILL], organisations=ONE, answer_s=PAUSE_S + ANSWER_S
    )
    with writers:
        writers.await_answers(AROUND, RESUME_S)
        before = [nodes.metric(STANDS_STILL, figure) for figure in figures]
        nodes.suspend(STANDS_STILL)
        stopped = time.monotonic()
        try:
            meanwhile()
        finally:
            resumed = time.monotonic()
            nodes.resume(STANDS_STILL)
        writers.await_answers(AROUND, RESUME_S, since=resumed)

    def since():
        found = [nodes.metric(STANDS_STILL, figure) - was for figure, was in zip(figures, before)]
        return found if all(found) else None

    refused, again = patience.until(since, "a stale append is refused and decided again", FIGURE_S)
    late = [r for r in writers.acknowledged if r.sent_at < stopped and r.answered_at > resumed]
    if not late:
        raise PromiseBroken("nobody was waiting when the node stood still: the test has seen nothing")
    return writers, len(late), refused, again


def control(setting, nats_server):
    """When nobody else writes meanwhile nothing is too late: the test must fail."""
    with cluster.running(setting, nats_server, "pause-control") as (_, nodes):
        try:
            stand_still(setting, nodes, lambda: time.sleep(CONTROL_PAUSE_S))
        except PromiseBroken as broken:
            if "a stale append is refused" not in str(broken):
                raise
            return f"when nobody else writes the test fails, as it must: {broken}"
    raise PromiseBroken("appends were refused though nobody else wrote: the test cannot fail")
