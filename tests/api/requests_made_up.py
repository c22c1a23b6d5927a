"""Requests made up from the description, as one role (schemathesis)."""

import copy
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from service import NOBODY, ORG, ROLES, Service, secret_of

HERE = Path(__file__).resolve().parent

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
]

# Every bound of every parameter is tried once, which takes the longest: by a role that comes far there.
BOUNDS_BY = {
    "administrator": ["people"],
    "recorder": ["recording"],
    "validator": ["operating"],
    "signatory": ["proof"],
    "board": ["figures"],
    "auditor": ["history"],
}
EVERY_TAG = sorted({tag for tags in BOUNDS_BY.values() for tag in tags})
assert set(BOUNDS_BY) == set(ROLES)


@dataclass
class Made:
    """What came of it."""

    answers: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return sum(self.answers.values())

    def share(self, first_digit: str) -> int:
        return sum(count for status, count in self.answers.items() if status[0] == first_digit)

    def __str__(self) -> str:
        shares = ", ".join(f"{digit}xx {self.share(digit)}" for digit in "2345")
        return f"{self.requests} requests ({shares})"


def make_up(service: Service, api: dict, role: str, examples: int, seed: int, everything: bool) -> Made:
    """Asks for whatever can be made up from a description; the same seed asks for the same."""
    claims = service.ask("GET", f"/api/v1/organisations/{ORG}/claims", "board").json()["claims"]
    known = ",".join(it["claim"] for it in claims)
    made = Made()
    random = ["--phases", "examples,fuzzing", "--max-examples", str(examples)]
    run(service.url, service.directory, api, role, seed, known, random, made)
    tags = EVERY_TAG if everything else BOUNDS_BY.get(role, [])
    if tags:
        bounds = ["--phases", "coverage", *(word for tag in tags for word in ("--include-tag", tag))]
        run(service.url, service.directory, of_one(api), role, seed, known, bounds, made)
    return made


def of_one(api: dict) -> dict:
    """The description of requests of one command: in an array each has the same bounds, and there are many."""
    api = copy.deepcopy(api)
    for several, one in (("Commands", "Command"), ("SystemCommands", "SystemCommand")):
        api["components"]["schemas"][several] = {"$ref": f"#/components/schemas/{one}"}
    return api


def run(url: str, directory: Path, api: dict, role: str, seed: int, claims: str, words: list[str], made: Made) -> None:
    """One run of schemathesis."""
    place = directory / "requests"
    place.mkdir(exist_ok=True)
    (place / "openapi.json").write_text(json.dumps(api))
    answers = place / "answers.json"
    answers.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
        "NETGAIN_ANSWERS": str(answers),
        "NETGAIN_CLAIMS": claims,
    }
    call = [Path(sys.executable).parent / "schemathesis", "run", place / "openapi.json", "--url", url, *words]
    call += ["--checks", ",".join(CHECKS), "--seed", str(seed), "--generation-database", "none"]
    # A stream of live totals has no end.
    call += ["--exclude-tag", "live", "--no-color", "--warnings", "off", "--no-shrink"]
    # How long making them up takes says something of this machine, and nothing of the service.
    call += ["--suppress-health-check", "all"]
    if role != NOBODY:
        call += ["--header", f"Authorization: Bearer {secret_of(role)}"]
    done = subprocess.run(call, env=environment, cwd=place, capture_output=True, text=True, check=False)
    if answers.exists():
        made.answers.update(json.loads(answers.read_text()))
    if done.returncode != 0:
        made.failures.append(done.stdout + done.stderr)
