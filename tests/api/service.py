"""A running service with sample data, and people of every role."""

import base64
import contextlib
import hashlib
import http.client
import json
import re
import shutil
import subprocess
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "deploy" / "samples"

ROLES = ["recorder", "validator", "signatory", "board", "auditor", "administrator"]
NOBODY = "nobody"

# The organisation whose sample uses every command and every feature.
ORG = "X00000001"
FOR_EVER = "2099-01-01T00:00:00.000Z"


def secret_of(person: str) -> str:
    """A token's secret: ngt_, and base64url of 32 bytes and their CRC-32."""
    secret = hashlib.sha256(f"the secret of {person}".encode()).digest()
    checksum = zlib.crc32(secret).to_bytes(4, "big")
    return "ngt_" + base64.urlsafe_b64encode(secret + checksum).decode().rstrip("=")


def people() -> list[dict]:
    """A person of each role in every organisation, with a token of their own."""
    commands = []
    for role in ROLES:
        person = f"the.{role}"
        sha256 = hashlib.sha256(secret_of(role).encode()).hexdigest()
        token = {"type": "issue-token", "token": role, "person": person, "sha256": sha256, "of": "*"}
        commands += [
            {"type": "enrol-person", "person": person, "account": "person"},
            {"type": "grant-role", "person": person, "role": role, "of": "*"},
            {**token, "roles": [role], "until": FOR_EVER},
        ]
    return [{**command, "org": "_SYSTEM"} for command in commands]


class Answer:
    """What came back."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def type(self) -> str:
        return (self.headers["Content-Type"] or "").split(";")[0]

    def json(self):
        return json.loads(self.body)


class Service:
    """`netgain serve` with the sample data, on a free port. It and its ledger go with the `with`."""

    def __init__(self, program: Path):
        self.program = program.resolve()
        self.directory = Path(tempfile.mkdtemp(prefix="netgain-api-"))
        self.errors = self.directory / "errors"
        self.running = None

    def __enter__(self) -> "Service":
        try:
            self.fill()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        if self.running:
            self.running.terminate()
            self.running.wait(timeout=60)
        shutil.rmtree(self.directory)

    def call(self, *words: str, given: str = "") -> None:
        call = [self.program, "--data", self.directory / "data", *words]
        done = subprocess.run(call, input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"netgain {' '.join(words)}: {done.stdout}{done.stderr}"

    def fill(self) -> None:
        self.call("record", str(SAMPLES / "sampleborough.jsonl"))
        self.call("record", given="\n".join(map(json.dumps, people())))

    def start(self) -> None:
        call = [self.program, "--data", self.directory / "data", "serve", "--listen", "127.0.0.1:0"]
        with self.errors.open("w") as errors:
            self.running = subprocess.Popen(call, stderr=errors, stdin=subprocess.DEVNULL)
        while self.running.poll() is None:
            found = re.search(r"serving on http://127\.0\.0\.1:(\d+)", self.errors.read_text())
            if found:
                self.port = int(found[1])
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(timeout=0.02)
        raise AssertionError(f"the service did not start: {self.errors.read_text()}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, role: str = NOBODY, body=None, **headers: str) -> Answer:
        """One request; a body that is not bytes goes as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if role != NOBODY:
            headers["Authorization"] = f"Bearer {secret_of(role)}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def description(self) -> dict:
        answer = self.ask("GET", "/api/v1/openapi.json")
        assert answer.status == 200
        return answer.json()
