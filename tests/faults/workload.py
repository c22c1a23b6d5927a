"""Commands to record: many organisations, every line with a mark that tells it from all others."""

import dataclasses
import json
from typing import Optional

ORGANISATIONS = 20
RECORDER, VALIDATOR = "a.recorder", "b.validator"
EVENT_OF = {
    "register-organisation": "organisation-registered",
    "register-claim": "claim-registered",
    "amend-claim": "claim-amended",
    "validate-claim": "claim-validated",
    "record-offset": "offset-recorded",
    "check-sustainment": "sustainment-checked",
}


@dataclasses.dataclass
class Sent:
    """A line for the program, and what must become of it."""

    command: dict
    # The refusal's code, where the line must be refused.
    refused: Optional[str] = None
    # The line that this one repeats, `command_id` and all.
    repeats: Optional["Sent"] = None

    @property
    def org(self):
        return self.command["org"]

    @property
    def event(self):
        return EVENT_OF[self.command["type"]]

    @property
    def line(self):
        return json.dumps(self.command, separators=(",", ":")).encode() + b"\n"


class Workload:
    """Makes the lines. A batch builds only on itself, so that it stays good when an earlier one was cut short."""

    def __init__(self, random, organisations=ORGANISATIONS, text_bytes=0):
        self.random = random
        self.orgs = [f"T{number:08}" for number in range(1, organisations + 1)]
        self.text = "x" * text_bytes
        self.marks = 0

    def batch(self, count, registered):
        """That many lines, after one for each organisation that is not among the registered."""
        lines = [self._registration(org) for org in self.orgs if org not in registered]
        claims = {org: [] for org in self.orgs}
        with_id = []
        while len(lines) < count:
            sent = self._line(self.random.choice(self.orgs), claims, with_id)
            if "command_id" in sent.command and not sent.refused and not sent.repeats:
                with_id.append(sent)
            lines.append(sent)
        return lines

    def _line(self, org, claims, with_id):
        known = claims[org]
        draw = self.random.random()
        if draw < 0.02 and with_id:
            original = self.random.choice(with_id)
            return Sent(original.command, repeats=original)
        if draw < 0.04 and known:
            return Sent(self._claim(org, self.random.choice(known)), refused="claim-exists")
        if draw < 0.45 or not known:
            claim = f"C{self.marks}"
            known.append(claim)
            return Sent(self._claim(org, claim))
        claim = self.random.choice(known)
        if draw < 0.70:
            return Sent(self._check(org, claim))
        if draw < 0.88:
            return Sent(self._offset(org, claim))
        if draw < 0.96:
            return Sent(
                self._command("amend-claim", org, claim=claim, reason="figures of the outturn", profile=self._profile())
            )
        return Sent(self._command("validate-claim", org, actor=VALIDATOR, claim=claim, grade="final"))

    def _registration(self, org):
        return Sent(
            self._command("register-organisation", org, name=f"Test {org}", kind="district", sector="local-government")
        )

    def _claim(self, org, claim):
        return self._command(
            "register-claim", org, claim=claim, title=f"Claim {claim}", action="reduce-inputs",
            impact_from="2008-04-01", profile=self._profile(),
        )  # fmt: skip

    def _check(self, org, claim):
        year = self.random.randrange(2008, 2013)
        fields = {"claim": claim, "year": f"{year}/{(year + 1) % 100:02}", "quality": "maintained"}
        if self.random.random() < 0.2:
            fields |= {"outcome": "reduced", "verified": self._amount()}
        else:
            fields["outcome"] = "sustained"
        return self._command("check-sustainment", org, actor=VALIDATOR, **fields)

    def _offset(self, org, claim):
        return self._command(
            "record-offset", org, claim=claim, offset=f"O{self.marks}", kind="one-off", year="2008/09",
            amount=self._amount(),
        )  # fmt: skip

    def _command(self, command_type, org, actor=RECORDER, **fields):
        self.marks += 1
        mark = f"mark {self.marks} {self.text}".strip()
        command = {"type": command_type, "org": org, "actor": actor, **fields, "note": mark}
        if self.random.random() < 0.1:
            command["command_id"] = f"id-{self.marks}"
        return command

    def _profile(self):
        return {"2008/09": self._amount(), "2010/11": self._amount()}

    def _amount(self):
        return f"{self.random.randrange(1, 500_000)}.{self.random.randrange(100):02}"
