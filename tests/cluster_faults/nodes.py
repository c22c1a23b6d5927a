"""Three nodes of one clustered ledger, at each site one, asked as anybody asks them: over HTTP."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess

import patience
from outcome import NotRun, PromiseBroken
from people import people, secret_of
from sites import METRICS_PORT, NODE_PORT

ORGANISATIONS = [f"T{number:08}" for number in range(1, 9)]
# What holds a person back is not what is tested.
SETTINGS = {"NETGAIN_REQUESTS_A_SECOND": "1000000", "NETGAIN_LOG_LEVEL": "warn"}

# Longer than a node lets a request wait (15 s).
ANSWER_S = 25
CALL_S = 60
START_S = 40


class Nodes:
    """`netgain serve --log …` three times. The ledger is made where there is none."""

    def __init__(self, program, servers, directory, more_words=(), sealing=False):
        """`more_words`: of every call that uses the servers. `sealing`: whether the nodes seal what is recorded."""
        self.program = program
        self.servers = servers
        self.sites = servers.sites
        self.directory = directory
        self.more_words = more_words
        self.sealing = sealing
        self.running = {}
        self.lives = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is left running, whatever went wrong."""
        for number in list(self.running):
            self.kill(number)

    def make_ledger(self):
        """The streams, the people who record and read, and the organisations."""
        self.must("cluster", "init", user="administrator", seals_user="seals-administrator")
        commands = people() + [
            {"type": "register-organisation", "org": org, "name": f"Test {org}", "kind": "district",
             "sector": "local-government"}
            for org in ORGANISATIONS
        ]  # fmt: skip
        self.must("record", stdin="\n".join(map(json.dumps, commands)).encode())

    def must(self, *words, user="writer", seals_user=None, stdin=b""):
        """A call of the program on the servers' log, which must succeed. Returns what it printed."""
        site = self.sites[0]
        call = [*site.inside, str(self.program), "--data", str(self.directory / "calls"), *self._log(user), *words]
        try:
            done = subprocess.run(
                call, env=self._environment(seals_user), input=stdin, capture_output=True, timeout=CALL_S, check=False
            )
        except subprocess.TimeoutExpired as hang:
            raise PromiseBroken(f"`{' '.join(words)}` hangs: no answer in {CALL_S} s") from hang
        if done.returncode != 0:
            said = (done.stderr + done.stdout).decode(errors="replace").strip()
            raise PromiseBroken(f"`{' '.join(words)}` exits {done.returncode}: {said[-500:]}")
        return done.stdout

    def _environment(self, seals_user):
        """The settings, and who this is where the servers keep the seals."""
        # With views a node serves first and holds the log to its seals then: these start so every time but the first.
        sealing = {"NETGAIN_STORE_VIEWS_EVERY": "1s"}
        seals = sealing | self.servers.seals_login(seals_user) if self.sealing and seals_user else {}
        return {**os.environ, **SETTINGS, **seals}

    def _log(self, user):
        return [*self.servers.login(user), *self.more_words]

    def start(self, *numbers):
        """Starts those, or all of them, and waits until each of them is ready."""
        numbers = numbers or range(len(self.sites))
        for number in numbers:
            self._run(number)
        for number in numbers:
            patience.until(lambda n=number: self.is_ready(n), f"node {number} is ready", START_S)

    def start_with_one_key(self):
        """The same where they seal: the first makes the key that the others sign with too."""
        self.start(0)
        if not json.loads(self.ask(0, "/readyz")[1])["sealing"]:
            raise NotRun("needs nodes that seal a clustered ledger; this program's do not")
        others = [site.number for site in self.sites[1:]]
        for number in others:
            shutil.copytree(f"{self._data(0)}.keys", f"{self._data(number)}.keys")
        self.start(*others)

    def start_afresh(self):
        """Kills all of them and starts them with nothing but the servers' log."""
        for number in list(self.running):
            self.kill(number)
        self.lives += 1
        self.start()

    def _run(self, number):
        site = self.sites[number]
        data = self._data(number)
        data.parent.mkdir(parents=True, exist_ok=True)
        words = [
            *site.inside, str(self.program), "--data", str(data), *self._log("writer"),
            "serve", "--listen", site.at(NODE_PORT), "--metrics", site.at(METRICS_PORT),
        ]  # fmt: skip
        with open(self._errors(number), "ab") as errors:
            self.running[number] = subprocess.Popen(
                words, env=self._environment("sealer"), stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
            )

    def _data(self, number):
        return self.directory / f"life-{self.lives}" / f"node-{number}" / "data"

    def _errors(self, number):
        return self.directory / f"node-{number}.log"

    def said(self, number):
        """What a node said on its standard error."""
        return self._errors(number).read_text(errors="replace").strip()

    def kill(self, number):
        """SIGKILL."""
        process = self.running.pop(number)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def suspend(self, number):
        """Lets a node stand still."""
        self.running[number].send_signal(signal.SIGSTOP)

    def resume(self, number):
        """Lets it go on."""
        self.running[number].send_signal(signal.SIGCONT)

    def is_ready(self, number):
        """Whether a node says that it can do its work."""
        status = self.running[number].poll()
        if status is not None:
            raise PromiseBroken(f"node {number} has ended with {status}: {self.said(number)[-600:]}")
        try:
            return self.ask(number, "/readyz")[0] == 200
        except OSError:
            return False

    def ask(self, number, path, method="GET", body=None, role="recorder", port=NODE_PORT, **headers):
        """One request. Returns the status and the body."""
        connection = http.client.HTTPConnection(self.sites[number].address, port, timeout=ANSWER_S)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = f"Bearer {secret_of(role)}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"node {number} answers with half an answer") from error
        finally:
            connection.close()

    def read(self, number, path, **headers):
        """What a node answers to a reading request, which must succeed."""
        status, body = self.ask(number, path, **headers)
        if status != 200:
            raise PromiseBroken(f"node {number} answers GET {path} with {status}: {body[:300].decode()}")
        return body

    def metric(self, number, name):
        """One of a node's figures."""
        text = self.ask(number, "/metrics", port=METRICS_PORT)[1].decode()
        found = re.search(rf"^\S*{name}(?:_total)? (\S+)$", text, re.MULTILINE)
        if not found:
            raise PromiseBroken(f"node {number} has no figure {name}")
        return float(found[1])
