"""A message altered or removed in the files of all three servers is found by the seals, and served read-only.

Altered with every checksum made right again, and removed where nothing comes after it: neither the servers nor whoever
reads the log can know.
"""

import json
import re

import cluster
import patience
import stream_files
from nodes import ORGANISATIONS
from outcome import PromiseBroken
from servers import STREAM
from writers import Writers

AROUND = 200
RESUME_S = 30
SEALED_S = 20
# Views are written every few seconds, so that the next start is one that serves before it has read everything; after that
# they are left alone for twenty times as long as it took, which on a busy disk is a minute.
IN_VIEWS_S = 180
# How long a node that serves may take to hold so small a log to its seals.
CHECKED_S = 20
VICTIM, OTHER = ORGANISATIONS[:2]
# Which of its messages with a claim is altered.
WHICH = 3
COMMIT = re.compile(rb"Netgain-Commit: 1 (\d+) (\d+) ([0-9a-f]{8}) ")
FIGURE = re.compile(rb'"2008/09":"(\d)')


def run(setting, nats_server):
    """Alters a message in one cluster, and removes one in another."""
    said = [tampered(setting, nats_server, way.__name__, way) for way in (altered, removed)]
    return f"{'; '.join(said)}; read-only with an alarm on every node, and other organisations are written on"


def control(setting, nats_server):
    """With nothing altered the same test must fail."""
    try:
        tampered(setting, nats_server, "untouched", untouched)
    except PromiseBroken as broken:
        if "no alarm" not in str(broken):
            raise
        return f"with nothing altered the test fails, as it must: {broken}"
    raise PromiseBroken("an untouched log raised an alarm: the test cannot fail")


def tampered(setting, nats_server, name, way):
    """Writes and seals, tampers with the files, starts everything again, and holds the nodes to what they must say."""
    with cluster.running(setting, nats_server, name, sealing=True) as (servers, nodes):
        with Writers(nodes, setting.random("altered", name)) as writers:
            writers.await_answers(AROUND, RESUME_S)
        # The very last message of the stream is this organisation's.
        must_record(nodes, 0, VICTIM, "last")
        patience.until(lambda: is_sealed(nodes), "what was written is sealed", SEALED_S)
        patience.until(lambda: is_in_views(nodes), "what was written is in the views", IN_VIEWS_S)
        group = servers.group()
        for number in list(nodes.running):
            nodes.kill(number)
        for number in list(servers.running):
            servers.kill(number)
        [position] = {way(store, group) for store in servers.stores}
        servers.start()
        nodes.start()
        for number in nodes.running:
            must_be_reported(nodes, number, position)
    return f"{name}: the event at position {position}"


def untouched(*_):
    """Leaves a server's files as they are."""
    return WHICH


def altered(store, group):
    """Alters a claim's figure in a server's files, with all checksums right. Returns the event's position."""
    claims = (r for r in of_victim(store) if FIGURE.search(r.payload))
    record = [record for record, _ in zip(claims, range(WHICH))][-1]
    first, events, before = COMMIT.search(record.headers).groups()
    at = FIGURE.search(record.payload).start(1)
    figure = b"2" if record.payload[at : at + 1] == b"1" else b"1"
    lines_before = record.payload.count(b"\n", 0, at)
    record.payload = record.payload[:at] + figure + record.payload[at + 1 :]
    numbers = int(first).to_bytes(8, "big") + int(events).to_bytes(4, "big")
    after = crc32c(VICTIM.encode() + numbers + record.payload)
    record.headers = record.headers.replace(before, f"{after:08x}".encode(), 1)
    record.put_back(STREAM)
    forget(store, group)
    return int(first) + lines_before


def removed(store, group):
    """Cuts the last message off a server's files, and what remembers it. Returns the event's position."""
    *_, last = stream_files.records(store, STREAM)
    [*_, victims] = of_victim(store)
    if victims != last:
        raise PromiseBroken("the last message is not the one that was recorded last")
    with open(last.block, "r+b") as block:
        block.truncate(last.start)
    forget(store, group)
    return int(COMMIT.search(last.headers)[1])


def forget(store, group):
    """Removes what would bring the message back as it was."""
    stream_files.forget_state(store, STREAM)
    stream_files.forget_agreement(store, group)


def of_victim(store):
    """The organisation's messages."""
    return [r for r in stream_files.records(store, STREAM) if r.subject.endswith(b"." + VICTIM.encode())]


def is_sealed(nodes):
    """Whether the organisation's newest checkpoint covers all of it, on every node."""
    of = f"/api/v1/organisations/{VICTIM}"
    for number in nodes.running:
        status, checkpoint = nodes.ask(number, f"{of}/checkpoint", role="auditor")
        events = nodes.read(number, f"{of}/events", role="auditor", Accept="application/x-ndjson").splitlines()
        if status != 200 or int(checkpoint.split(b"\n")[1]) < len(events):
            return False
    return True


def is_in_views(nodes):
    """Whether the next start has nothing to fold, on every node."""
    return all(nodes.metric(number, "events_not_in_views") == 0 for number in nodes.running)


def readiness_of(nodes, number):
    return json.loads(nodes.ask(number, "/readyz")[1])


def is_checked(nodes, number):
    """Whether a node has held the log to its seals, which it does while it serves."""
    return not readiness_of(nodes, number)["checking_seals"]


def must_be_reported(nodes, number, position):
    """A node raises the alarm, does not write that history on, and does everything else."""
    patience.until(lambda: is_checked(nodes, number), f"node {number} has held the log to its seals", CHECKED_S)
    said = nodes.said(number)
    alarm = re.search(rf"ALARM: {VICTIM}: [^\n]*position {position} ", said)
    readiness = readiness_of(nodes, number)
    if not alarm or readiness["read_only_organisations"] != 1:
        raise PromiseBroken(f"no alarm on node {number} for position {position} of {VICTIM}")
    nodes.read(number, f"/api/v1/organisations/{VICTIM}/totals/2008-09", role="auditor")
    status, body = record(nodes, number, VICTIM, "after")
    if b'"read-only"' not in body:
        raise PromiseBroken(f"node {number} answers {status} to a command for {VICTIM}: {body[:300].decode()}")
    must_record(nodes, number, OTHER, "after")


def record(nodes, number, org, what):
    """Asks a node to record a claim."""
    command = {
        "type": "register-claim", "claim": f"{what}-{number}", "title": "A claim", "action": "reduce-inputs",
        "impact_from": "2008-04-01", "profile": {"2008/09": "1000"},
    }  # fmt: skip
    return nodes.ask(number, f"/api/v1/organisations/{org}/commands", "POST", json.dumps(command))


def must_record(nodes, number, org, what):
    status, body = record(nodes, number, org, what)
    if status != 201:
        raise PromiseBroken(f"node {number} answers {status} to a command for {org}: {body[:300].decode()}")


def crc32c(data):
    """The sum that a commit carries (RFC 3720)."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF
