"""Requests made up from the description, as one role (schemathesis)."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from service import NOBODY, ORG, Service, secret_of

HERE = Path(__file__).resolve().parent

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
]


@dataclass
class Made:
    """What came of it."""

    answers: Counter
    failed: bool
    report: str

    @property
    def requests(self) -> int:
        return sum(self.answers.values())

    def share(self, first_digit: str) -> int:
        return sum(count for status, count in self.answers.items() if status[0] == first_digit)


def make_up(service: Service, api: dict, role: str, examples: int, seed: int) -> Made:
    """Asks for whatever can be made up from a description; the same seed asks for the same."""
    place = service.directory / f"requests-{role}"
    place.mkdir(exist_ok=True)
    (place / "openapi.json").write_text(json.dumps(api))
    claims = service.ask("GET", f"/api/v1/organisations/{ORG}/claims", "board").json()["claims"]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
        "NETGAIN_ANSWERS": str(place / "answers.json"),
        "NETGAIN_CLAIMS": ",".join(it["claim"] for it in claims),
    }
    call = [Path(sys.executable).parent / "schemathesis", "run", place / "openapi.json", "--url", service.url]
    call += ["--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS)]
    call += ["--max-examples", str(examples), "--seed", str(seed), "--generation-database", "none"]
    # A stream of live totals has no end.
    call += ["--exclude-tag", "live", "--no-color", "--warnings", "off", "--no-shrink"]
    if role != NOBODY:
        call += ["--header", f"Authorization: Bearer {secret_of(role)}"]
    done = subprocess.run(call, env=environment, cwd=place, capture_output=True, text=True, check=False)
    answers = place / "answers.json"
    made = Counter(json.loads(answers.read_text())) if answers.exists() else Counter()
    return Made(made, done.returncode != 0, done.stdout + done.stderr)
