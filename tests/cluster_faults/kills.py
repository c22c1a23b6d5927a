"""Nothing acknowledged is lost or doubled when a server or a node is killed in the middle of sixty-four writers."""

import time

import cluster
import history
import patience
from outcome import PromiseBroken
from writers import Writers

# How often each of the three is killed, each time in a new cluster.
ROUNDS = 1
# Acknowledged before and after each kill, so that it is in the middle.
AROUND = 150
RESUME_S = 30


def run(setting, nats_server, rounds=ROUNDS):
    """Kills the stream's leader, a follower and a node, each while everybody writes, and starts it again."""
    done = [once(setting, nats_server, number) for number in range(rounds)]
    longest = ", ".join(f"{max(kills[what] for kills, *_ in done):.1f} s after a {what}'s" for what in done[0][0])
    acknowledged, events, more, again = (sum(figures) for figures in zip(*(figures for _, *figures in done)))
    return (
        f"{3 * rounds} kills: {acknowledged:,} acknowledged, none lost or doubled, {more} more are there; "
        f"{again:,.0f} decided again; longest silence {longest}; the totals of {events:,} events equal on all nodes"
    )


def once(setting, nats_server, number):
    """Three kills in one cluster. Returns the silence after each, and the figures of all."""
    with cluster.running(setting, nats_server, f"kills-{number}") as (servers, nodes):
        silences = {}
        with Writers(nodes, setting.random("kills", number)) as writers:
            writers.await_answers(AROUND, RESUME_S)
            silences["leader"] = kill(writers, servers, servers.leader())
            writers.await_answers(AROUND, RESUME_S)
            silences["follower"] = kill(writers, servers, (servers.leader() + 1) % len(servers.sites))
            writers.await_answers(AROUND, RESUME_S)
            silences["node"] = kill(writers, nodes, number % len(nodes.sites))
            writers.await_answers(AROUND, RESUME_S)
        events, more = history.compare(nodes, setting, [writers])
        again = sum(nodes.metric(node, "decided_again") for node in nodes.running)
        return silences, len(writers.acknowledged), events, more, again


def kill(writers, group, victim):
    """Kills one, waits until what is sent then is answered, and starts it again. Returns the longest silence."""
    killed = time.monotonic()
    group.kill(victim)
    writers.await_answers(AROUND, RESUME_S, since=killed)
    resumed = time.monotonic()
    group.start(victim)
    return writers.silence(killed, resumed)


def control(setting, nats_server):
    """Sent again without its key, a request is recorded twice: the test must fail."""
    with cluster.running(setting, nats_server, "kills-control") as (_, nodes):
        with Writers(nodes, setting.random("kills", "control"), keyless=True) as writers:
            patience.until(lambda: len(writers.acknowledged) > 8 * AROUND, "the writers are answered", RESUME_S)
        try:
            history.compare(nodes, setting, [writers])
        except PromiseBroken as broken:
            if "is there twice" not in str(broken):
                raise
            return f"sent again without a key the test fails, as it must: {broken}"
    raise PromiseBroken("sent again without a key nothing is doubled: the test cannot fail")
