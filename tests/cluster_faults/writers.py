"""Sixty-four writers, who send one request after another to any of the nodes until each is answered.

What was not answered, or not in time, is sent again to another node, with the same Idempotency-Key. Some requests are
sent and left alone a moment later, as if their answers had been lost on the way.
"""

import asyncio
import dataclasses
import http.client
import json
import threading
import time
from typing import Optional

import patience
from nodes import ORGANISATIONS
from outcome import PromiseBroken
from people import secret_of
from sites import NODE_PORT

WRITERS = 64
# Less than it takes to choose another leader (4 to 9 s), so that a request is sent again while it is still on its way.
ANSWER_S = 3
# The share of those that are left alone, and where that is what is tested.
LEFT_ALONE, OFTEN_LEFT_ALONE = 0.05, 0.5
MOMENT_MAX_S = 0.05
PAUSE_S = 0.05
EVENTS = {"register-claim": "claim-registered", "amend-claim": "claim-amended"}
# Not now: sent again.
AGAIN = {500, 502, 503, 504, 429}


@dataclasses.dataclass
class Request:
    """One command, and what came of it."""

    mark: str
    writer: int
    org: str
    command: dict
    key: Optional[str]
    # By the clock that only goes forward: when it was first sent, and when it was answered.
    sent_at: float = 0.0
    answered_at: float = 0.0
    # Which node answered, and whether it said that the request had been answered before.
    node: int = -1
    position: int = 0
    repeated: bool = False

    @property
    def event(self):
        return EVENTS[self.command["type"]]


class Writers:
    """They write for as long as they are entered."""

    def __init__(self, nodes, random, keyless=False, to=None, organisations=ORGANISATIONS, name="w", answer_s=ANSWER_S):
        """`keyless`: what can be recorded twice is sent without a key. `to`: only to these nodes.

        `name` tells these writers' marks from those of others; `answer_s` is how long they wait for an answer.
        """
        self.sites = nodes.sites
        self.random = random
        self.keyless = keyless
        self.left_alone = OFTEN_LEFT_ALONE if keyless else LEFT_ALONE
        self.to = to or [site.number for site in nodes.sites]
        self.organisations = organisations
        self.name = name
        self.answer_s = answer_s
        # In the order of their first sending, and of their answers.
        self.sent = []
        self.acknowledged = []
        # When which node was asked for what, whatever came of it.
        self.asked = []
        self.broken = None
        self.stopping = False
        self.marks = 0
        self.claims = {}
        self.thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """No request is sent any more; those on their way are waited for. Returns when the last was sent."""
        self.stopping = True
        self.thread.join()
        if self.broken:
            raise self.broken

    def await_answers(self, count, seconds, since=None, by=None):
        """Waits until that many requests, first sent after a moment, are acknowledged by one of those nodes."""
        since = since or time.monotonic()

        def there():
            if self.broken:
                raise self.broken
            return len(self.answered(since, by=by)) >= count

        who = "any node" if by is None else f"nodes {sorted(by)}"
        patience.until(there, f"{count} requests sent from then on are acknowledged by {who}", seconds)

    def answered(self, since, until=float("inf"), by=None):
        """The requests that were sent after a moment, and acknowledged before another, by one of those nodes."""
        recent = []
        for request in reversed(self.acknowledged):
            if request.answered_at < since:
                break
            if since < request.sent_at and request.answered_at < until and (by is None or request.node in by):
                recent.append(request)
        return recent

    def attempts(self, request, since):
        """When a request was sent where, in words: in seconds after a moment."""
        sent = [f"node {node} at {moment - since:.1f} s" for moment, node, mark in self.asked if mark == request.mark]
        return ", ".join(sent)

    def silence(self, since, until):
        """The longest time between two moments in which nothing was acknowledged."""
        moments = [r.answered_at for r in list(self.acknowledged) if since <= r.answered_at <= until]
        moments = [since, *moments, until]
        return max(later - earlier for earlier, later in zip(moments, moments[1:]))

    def ask(self, node, org, mark, command, seconds):
        """Sends one request to one node. Returns the status and the body, or nothing where it does not answer in time; then
        it may still be recorded.
        """
        command = {**command, "note": mark}
        self.sent.append(Request(mark, mark, org, command, f"key-{mark}", sent_at=time.monotonic()))
        connection = http.client.HTTPConnection(self.sites[node].address, NODE_PORT, timeout=seconds)
        headers = {"Idempotency-Key": f"key-{mark}", "Authorization": f"Bearer {secret_of('recorder')}"}
        headers["Content-Type"] = "application/json"
        try:
            connection.request("POST", f"/api/v1/organisations/{org}/commands", json.dumps(command), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    async def _all(self):
        await asyncio.gather(*(self._write(writer) for writer in range(WRITERS)))

    async def _write(self, writer):
        connections = {}
        try:
            while not self.stopping and not self.broken:
                await self._until_answered(self._request(writer), connections)
        except PromiseBroken as broken:
            self.broken = broken
        for connection in connections.values():
            connection[1].close()

    def _request(self, writer):
        """The next request of a writer: a claim of its own, or other figures for one that is there."""
        self.marks += 1
        mark, org = f"{self.name}-{self.marks}", self.organisations[writer % len(self.organisations)]
        mine = self.claims.setdefault(writer, [])
        command = {"note": mark, "profile": {"2008/09": self._amount(), "2010/11": self._amount()}}
        if mine and self.random.random() < 0.5:
            command |= {"type": "amend-claim", "claim": self.random.choice(mine), "reason": "figures of the outturn"}
        else:
            claim = f"C-{mark}"
            command |= {"type": "register-claim", "claim": claim, "title": f"Claim {claim}", "action": "reduce-inputs",
                        "impact_from": "2008-04-01"}  # fmt: skip
        key = None if self.keyless and command["type"] == "amend-claim" else f"key-{mark}"
        return Request(mark, writer, org, command, key)

    def _amount(self):
        return f"{self.random.randrange(1, 500_000)}.{self.random.randrange(100):02}"

    async def _until_answered(self, request, connections):
        node = self.random.choice(self.to)
        request.sent_at = time.monotonic()
        self.sent.append(request)
        while not self.stopping:
            waits = self.random.random() >= self.left_alone
            try:
                answer = await asyncio.wait_for(self._send(request, node, connections, waits), self.answer_s)
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
                answer = None
            if answer and self._is_final(request, node, *answer):
                return
            if not answer and node in connections:
                connections.pop(node)[1].close()
            others = [other for other in self.to if other != node]
            node = self.random.choice(others or self.to)
            if answer or waits:
                await asyncio.sleep(PAUSE_S)

    async def _send(self, request, node, connections, waits):
        """Sends it to a node. Returns the status and the body, or nothing where they were not waited for."""
        address = self.sites[node].address
        if node not in connections:
            connections[node] = await asyncio.open_connection(address, NODE_PORT)
        reader, writer = connections[node]
        body = json.dumps(request.command).encode()
        key = f"Idempotency-Key: {request.key}\r\n" if request.key else ""
        head = (
            f"POST /api/v1/organisations/{request.org}/commands HTTP/1.1\r\nHost: {address}\r\n{key}"
            f"Authorization: Bearer {secret_of('recorder')}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.asked.append((time.monotonic(), node, request.mark))
        writer.write(head.encode() + body)
        await writer.drain()
        if not waits:
            await asyncio.sleep(self.random.random() * MOMENT_MAX_S)
            return None
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        status = int(head.split(" ", 2)[1])
        length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
        return status, await reader.readexactly(length), "\r\nidempotent-replayed: true" in head

    def _is_final(self, request, node, status, body, repeated):
        """Takes note of an answer. Whether the request is done with."""
        if status in AGAIN or (status == 409 and b'"contended"' in body):
            return False
        said = body[:300].decode(errors="replace")
        if status != 201:
            raise PromiseBroken(f"node {node} answers {request.command['type']} with {status}: {said}")
        [recorded] = json.loads(body)
        if recorded["event"] != request.event:
            raise PromiseBroken(f"node {node} says of {request.mark} that it is {said}")
        request.position, request.repeated = recorded["position"], repeated
        request.node, request.answered_at = node, time.monotonic()
        self.acknowledged.append(request)
        if request.command["type"] == "register-claim":
            self.claims[request.writer].append(request.command["claim"])
        return True
