"""Our own books of a ledger: what was sent, what was acknowledged, and what is known to be there.

Kept without the program's help, and compared with what the program says afterwards.
"""

import collections
import json

from outcome import AcknowledgedLost, PromiseBroken


class Books:
    """The books of one data directory, over any number of runs that were cut short."""

    def __init__(self):
        # Of each organisation: (line sent, bytes stored), in the order of their positions. Found there, so for good.
        self.kept = collections.defaultdict(list)
        self._start()

    def _start(self):
        # Of this run: the lines that must become events, and the answers that must come, in their order.
        self.sent = collections.defaultdict(list)
        self.answers = []
        self.heard = 0
        self.acknowledged = collections.Counter()
        self.position_of_mark = {}

    def registered(self):
        """The organisations that are known to be there."""
        return {org for org, events in self.kept.items() if events}

    def send(self, lines):
        """Notes lines that are about to be sent in this run."""
        for sent in lines:
            answer = {"line": len(self.answers) + 1}
            if sent.refused:
                answer["refused"] = sent.refused
            elif sent.repeats:
                position = self.position_of_mark[sent.command["note"]]
                answer |= {"position": position, "event": sent.event, "repeated": True}
            else:
                self.sent[sent.org].append(sent)
                position = len(self.kept[sent.org]) + len(self.sent[sent.org])
                self.position_of_mark[sent.command["note"]] = position
                answer |= {"position": position, "event": sent.event}
            self.answers.append((sent, answer))

    def hear(self, lines):
        """Notes the answers of this run so far: each must be the one that its line must have, in order."""
        for raw in lines[self.heard :]:
            if self.heard >= len(self.answers):
                raise PromiseBroken(f"answered a line that was never sent: {shown(raw)}")
            sent, expected = self.answers[self.heard]
            said = parsed(raw)
            if "refused" in said:
                said = {"line": said.get("line"), "refused": said["refused"].get("code")}
            if said != expected:
                raise PromiseBroken(f"answered {shown(raw)} where {expected} was due")
            self.heard += 1
            if not sent.refused and not sent.repeats:
                self.acknowledged[sent.org] += 1

    def acknowledged_of(self, org, answers):
        """How many events of an organisation these answers of this run acknowledge, with those of earlier runs."""
        fresh = [sent for (sent, _), _ in zip(self.answers, answers) if not sent.refused and not sent.repeats]
        return len(self.kept[org]) + sum(sent.org == org for sent in fresh)

    def compare(self, ledger):
        """Compares every organisation's trail with the books; what it holds is known to be there from now on.

        Returns how many events of this run were acknowledged, and how many more are there that were not.
        """
        acknowledged, beyond = sum(self.acknowledged.values()), 0
        for org in sorted(set(self.kept) | set(self.sent)):
            trail = ledger.trail(org)
            kept, sent = self.kept[org], self.sent[org]
            certain = len(kept) + self.acknowledged[org]
            for index, raw in enumerate(trail):
                if index < len(kept):
                    if raw != kept[index][1]:
                        raise PromiseBroken(f"{org}: the stored bytes of position {index + 1} have changed")
                elif index < len(kept) + len(sent):
                    check_event(org, index + 1, raw, sent[index - len(kept)])
                else:
                    raise PromiseBroken(f"{org}: position {index + 1} was never sent: {shown(raw)}")
            if len(trail) < certain:
                raise AcknowledgedLost(f"{org}: {certain - len(trail)} of {certain} acknowledged events are not there")
            beyond += len(trail) - certain
            kept += zip(sent, trail[len(kept) :])
        self._start()
        return acknowledged, beyond


def check_event(org, position, raw, sent):
    """The stored event must hold what was sent, at its place."""
    event = parsed(raw)
    expected = {key: value for key, value in sent.command.items() if key != "type"}
    expected |= {"org": org, "position": position, "type": sent.event}
    for key, value in expected.items():
        if event.get(key) != value:
            raise PromiseBroken(f"{org}: position {position} has {key} {event.get(key)!r}, sent was {value!r}")


def parsed(raw):
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise PromiseBroken(f"not a whole line of JSON: {shown(raw)}") from error
    if not isinstance(value, dict):
        raise PromiseBroken(f"not an object: {shown(raw)}")
    return value


def shown(raw):
    """As much of a line as fits into a message."""
    return raw[:200].decode(errors="replace").rstrip("\n")
