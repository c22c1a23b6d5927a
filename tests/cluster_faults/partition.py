"""Whoever is cut off with a minority acknowledges nothing, nor refuses what the others' history allows, and afterwards
there is one history.

The sites are in network namespaces of their own; what goes from one to another is dropped. Needs root.
"""

import contextlib
import time

import cluster
import history
import network
import patience
from nodes import ORGANISATIONS
from outcome import PromiseBroken
from writers import Writers

ROUNDS = 1
# Acknowledged before each cut and after it, by those who still can and, once it is healed, by everybody.
AROUND = 100
# What nobody writes but in order to see who refuses it.
*BUSY, QUIET = ORGANISATIONS
# An election takes 4 to 9 s; connections that were cut off may take some seconds more to be found dead.
RESUME_S = 45
# How long a minority may take to refuse something: less than the time for which a leader that is cut off goes on leading.
REFUSE_S = 3
# How long a minority is left alone at least: as long as it takes it to find out that it leads nobody.
ALONE_S = 6


def alone(network, site, others):
    """Neither hears the other."""
    for other in others:
        network.cut(site, other)


def deaf(network, site, others):
    """What the others send does not reach it; they hear it."""
    for other in others:
        network.deafen(site, other)


def mute(network, site, others):
    """What it sends does not reach the others; it hears them."""
    for other in others:
        network.deafen(other, site)


def scattered(network, site, others):
    """Nobody hears anybody."""
    alone(network, site, others)
    network.cut(*others)


# How it is cut, and whether the stream's leader is at the site that is.
CUTS = {"leader alone": (alone, True), "follower alone": (alone, False), "leader deaf": (deaf, True),
        "leader mute": (mute, True), "all three alone": (scattered, True)}  # fmt: skip


def run(setting, nats_server, rounds=ROUNDS):
    """Each of the cuts in the middle of writing, healed again; then everything is compared."""
    done = [once(setting, nats_server, number) for number in range(rounds)]
    longest = ", ".join(f"{what} {max(cuts[what] for cuts, *_ in done):.1f} s" for what in done[0][0])
    acknowledged, events, more, asked = (sum(figures) for figures in zip(*(figures for _, *figures in done)))
    return (
        f"{len(CUTS) * rounds} cuts: no minority acknowledged anything, asked {asked:,} times, nor refused for want of "
        f"what the others had; {acknowledged:,} acknowledged, {more} more are there, one history of {events:,} events on "
        f"all nodes; longest silence of those who could go on: {longest}"
    )


def once(setting, nats_server, number):
    """All the cuts in one cluster. Returns the silence of each majority, and the figures of all."""
    with contextlib.ExitStack() as stack:
        net = stack.enter_context(network.namespaces())
        servers, nodes = stack.enter_context(cluster.running(setting, nats_server, f"partition-{number}", net.sites))
        silences, asked = {}, 0
        with Writers(nodes, setting.random("partition", number), organisations=BUSY) as writers:
            for what, (way, is_leader) in CUTS.items():
                writers.await_answers(AROUND, RESUME_S)
                leader = servers.leader()
                silence, tries = cut(net, writers, way, leader if is_leader else (leader + 1) % len(net.sites))
                asked += tries
                if silence is not None:
                    silences[what] = silence
            writers.await_answers(AROUND, RESUME_S)
        events, more = history.compare(nodes, setting, [writers])
        return silences, len(writers.acknowledged), events, more, asked


def cut(net, writers, way, number):
    """Cuts one site, holds everybody to what they may do, and heals it.

    Returns how long those were silent who could go on, and how often the others were asked.
    """
    site, others = net.sites[number], [other for other in net.sites if other.number != number]
    majority, silence = {other.number for other in others} if way is not scattered else set(), None
    minority = {other.number for other in net.sites} - majority
    way(net, site, others)
    began = time.monotonic()
    if majority:
        # As soon as the others have a leader again: the one that is cut off leads on for a while.
        must_not_be_unaware(writers, minority, majority)
        writers.await_answers(AROUND, RESUME_S, since=began, by=majority)
        silence = writers.silence(began, time.monotonic())
    time.sleep(max(0.0, began + ALONE_S - time.monotonic()))
    healed = time.monotonic()
    net.heal()
    must_be_silent(writers, minority, began, healed, way)
    for other in net.sites:
        writers.await_answers(AROUND // 10, RESUME_S, since=healed, by={other.number})
    asked = sum(node in minority and began < moment < healed for moment, node, _ in list(writers.asked))
    if not asked:
        raise PromiseBroken("nobody asked who was cut off: the test has seen nothing")
    return silence, asked


def must_not_be_unaware(writers, minority, majority):
    """Those nodes refuse nothing for want of what the others have recorded.

    A claim is registered there, and they are asked to amend it. Nobody else writes that organisation: a node that waits
    for what it has recorded itself refuses nothing anyway.
    """
    mark = f"q-{len(writers.sent)}"
    claim = {"type": "register-claim", "claim": f"C-{mark}", "title": "A claim of the others", "action": "reduce-inputs",
             "profile": {"2008/09": "1.00"}, "impact_from": "2008-04-01"}  # fmt: skip
    there = next(iter(majority))

    def is_registered():
        answer = writers.ask(there, QUIET, mark, claim, REFUSE_S)
        return answer and answer[0] == 201

    patience.until(is_registered, f"a claim is registered at node {there}", RESUME_S)
    amendment = {"type": "amend-claim", "claim": f"C-{mark}", "reason": "the outturn", "profile": {"2008/09": "2.00"}}
    for node in minority:
        answer = writers.ask(node, QUIET, f"{mark}-at-{node}", amendment, REFUSE_S)
        if answer and answer[0] in {201, 422}:
            status, said = answer[0], answer[1][:300].decode(errors="replace")
            raise PromiseBroken(f"node {node}, which is cut off, answers with {status} to what the others allow: {said}")


def must_be_silent(writers, nodes, began, healed, way):
    """Those nodes acknowledged nothing that was first sent after the cut.

    Whoever still hears the others hears what they have recorded, and may say so when that is sent again.
    """
    told = writers.answered(began, healed, by=nodes)
    told = [request for request in told if not (way is mute and request.repeated)]
    if told:
        request = told[-1]
        repeated = sum(request.repeated for request in told)
        raise PromiseBroken(
            f"node {request.node}, which is cut off, acknowledged {len(told)} requests, {repeated} of them as recorded "
            f"before; the first, {request.mark} as position {request.position} of {request.org}, "
            f"{request.answered_at - began:.1f} s after the cut ({way.__name__}, nodes {sorted(nodes)}); it was sent to "
            f"{writers.attempts(request, began)}"
        )


def control(setting, nats_server):
    """With nothing cut the same test must fail."""
    with network.namespaces() as net, cluster.running(setting, nats_server, "whole", net.sites) as (servers, nodes):
        with Writers(nodes, setting.random("partition", "control"), organisations=BUSY) as writers:
            writers.await_answers(AROUND, RESUME_S)
            try:
                cut(net, writers, lambda *_: None, servers.leader())
            except PromiseBroken as broken:
                if "which is cut off" not in str(broken):
                    raise
                return f"with nothing cut the test fails, as it must: {broken}"
    raise PromiseBroken("nobody acknowledged anything though nothing was cut: the test cannot fail")
