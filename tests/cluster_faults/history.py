"""What every node must show afterwards: one history, with everything acknowledged where it was said to be, once.

The history is read from the servers' log itself, by `export`, and compared with the writers' own list, with what each
node answers, and with the totals of an embedded ledger that is restored from it. The claimed gross of every
organisation is also added up here.
"""

import collections
import decimal
import json

from ledger import Ledger
from nodes import ORGANISATIONS
from outcome import AcknowledgedLost, PromiseBroken

YEAR, YEAR_IN_PATH = "2008/09", "2008-09"


def compare(nodes, setting, writers):
    """Compares everything. Returns how many events there are, and how many of them were never acknowledged."""
    acknowledged = [request for crowd in writers for request in crowd.acknowledged]
    exported = nodes.must("export")
    histories = by_organisation(exported)
    sent = {request.mark: request for crowd in writers for request in crowd.sent}
    for org in ORGANISATIONS:
        check_history(org, histories[org], sent)
    check_acknowledged(histories, acknowledged)
    embedded = restored(setting, exported)
    for org in ORGANISATIONS:
        totals = json.loads(embedded.must("totals", "--org", org, "--year", YEAR, "--json"))
        check_sum(org, histories[org], totals)
        for node in nodes.running:
            check_node(nodes, node, org, histories[org], totals)
    events = sum(len(history) for history in histories.values()) - len(ORGANISATIONS)
    return events, events - len(acknowledged)


def by_organisation(exported):
    """The stored lines of each organisation, in their order; the ledger's own history left out."""
    histories = collections.defaultdict(list)
    for line in exported.splitlines():
        histories[json.loads(line)["org"]].append(line)
    return {org: histories[org] for org in ORGANISATIONS}


def check_history(org, lines, sent):
    """No gap, nothing that was not sent, nothing twice, and each writer's requests in the order it sent them."""
    place_of, last_of = {}, collections.Counter()
    for position, line in enumerate(lines, start=1):
        event = json.loads(line)
        if event["position"] != position:
            raise PromiseBroken(f"{org}: position {event['position']} stands where {position} was due")
        if position == 1:
            continue
        mark = event.get("note")
        request = sent.get(mark)
        if not request or request.event != event["type"] or request.org != org:
            raise PromiseBroken(f"{org}: position {position} was never sent: {line[:200].decode()}")
        if mark in place_of:
            raise PromiseBroken(f"{org}: {mark} is there twice, at {place_of[mark]} and {position}")
        place_of[mark] = position
        # Marks are numbered in the order of sending.
        number = int(mark.rsplit("-", 1)[1])
        writer = mark.rsplit("-", 1)[0], request.writer
        if number < last_of[writer]:
            raise PromiseBroken(f"{org}: {mark} stands behind what its writer sent after its answer")
        last_of[writer] = number


def check_acknowledged(histories, acknowledged):
    """Every acknowledged request is where it was said to be."""
    lost = collections.Counter()
    for request in acknowledged:
        lines = histories[request.org]
        if len(lines) < request.position:
            lost[request.org] += 1
        elif json.loads(lines[request.position - 1]).get("note") != request.mark:
            raise AcknowledgedLost(f"{request.org}: position {request.position} is not {request.mark}, as was said")
    if lost:
        raise AcknowledgedLost(f"{sum(lost.values())} of {len(acknowledged)} acknowledged events are not there")


def restored(setting, exported):
    """A fresh embedded ledger of that history, which must verify."""
    place = setting.directory("models")
    name = f"model-{len(list(place.iterdir()))}"
    (place / f"{name}.jsonl").write_bytes(exported)
    embedded = Ledger(setting.program, place / name)
    embedded.must("restore", str(place / f"{name}.jsonl"))
    embedded.must("verify")
    return embedded


def check_sum(org, lines, totals):
    """The claimed gross, added up from the events by hand."""
    profiles = {}
    for line in lines:
        event = json.loads(line)
        if "profile" in event:
            profiles[event["claim"]] = event["profile"]
    expected = sum(decimal.Decimal(profile[YEAR]) for profile in profiles.values())
    if decimal.Decimal(totals["claimed"]["gross"]) != expected:
        raise PromiseBroken(f"{org}: claimed are {totals['claimed']['gross']}, and {expected} were sent")


def check_node(nodes, node, org, lines, totals):
    """A node shows that history and those totals, as soon as it has heard of its end."""
    of = f"/api/v1/organisations/{org}"
    shown = nodes.read(
        node, f"{of}/events?at_least={len(lines)}", role="auditor", Accept="application/x-ndjson"
    ).splitlines()
    if shown != lines:
        raise PromiseBroken(f"{org}: node {node} shows {len(shown)} events, and not the log's {len(lines)}")
    answered = json.loads(nodes.read(node, f"{of}/totals/{YEAR_IN_PATH}?at_least={len(lines)}", role="auditor"))
    if answered != totals:
        raise PromiseBroken(f"{org}: the totals of node {node} are not those of the same events restored")
