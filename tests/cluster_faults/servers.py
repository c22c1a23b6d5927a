"""Three nats-servers of one cluster, started from the files of deploy/nats."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import certificates
import patience
from outcome import PromiseBroken
from setting import REPOSITORY
from sites import MONITORING_PORT, ROUTE_PORT, SERVER_PORT

CONFIGURATION = REPOSITORY / "deploy" / "nats"
STREAM = "netgain-0"
# How deploy/nats names its users' passwords, and the one that the servers have among themselves.
PASSWORD, ROUTE_PASSWORD = re.compile(r"\$NATS_([A-Z_]+)_PASSWORD"), "between"
# Far more than a test writes, and less than the images that some of them are on.
STORE_MAX = "200MB"

# Twice as long as an election takes (4 to 9 s), on a machine that is busy with other things.
ELECTION_S = 20
ANSWER_S = 5


class Servers:
    """The servers, each at its site, with its store in a directory of its own."""

    def __init__(self, program, sites, directory, stores=None, change=None):
        """`change` is given the text of each file of deploy/nats by its name and returns another one."""
        self.program = program
        self.sites = sites
        self.directory = directory
        self.stores = stores or [directory / f"store-{site.number}" for site in sites]
        self.running = {}
        self.directory.mkdir(parents=True, exist_ok=True)
        self.passwords = {}
        for path in CONFIGURATION.glob("*.conf"):
            text = path.read_text()
            (directory / path.name).write_text(change(path.name, text) if change else text)
            self.passwords |= {user: f"passwordOf{user.replace('_', '')}" for user in PASSWORD.findall(text)}
        self.passwords["ROUTE"] = ROUTE_PASSWORD
        for user, password in self.passwords.items():
            (directory / f"password-of-{user.lower().replace('_', '-')}").write_text(password + "\n")
        certificates.make(directory, [site.address for site in sites])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is left running, whatever went wrong."""
        for number in list(self.running):
            self.kill(number)

    def start(self, *numbers):
        """Starts those, or all of them, and waits until each of them answers."""
        numbers = numbers or range(len(self.sites))
        for number in numbers:
            self._run(number)
        for number in numbers:
            patience.until(lambda n=number: self._asked(n, "/varz"), f"server {number} answers", ELECTION_S)

    def _run(self, number):
        site = self.sites[number]
        words = [*site.inside, str(self.program), "--config", str(self.directory / "nats-server.conf")]
        with open(self.directory / f"server-{number}.log", "ab") as log:
            self.running[number] = subprocess.Popen(
                words, env=self._environment(number), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _environment(self, number):
        """What deploy/nats asks for in node-*.env and cluster.env."""
        site = self.sites[number]
        asked = {
            "NATS_NAME": name(number),
            "NATS_LISTEN": site.at(SERVER_PORT),
            "NATS_ROUTE_LISTEN": site.at(ROUTE_PORT),
            "NATS_MONITORING": site.at(MONITORING_PORT),
            "NATS_STORE": str(self.stores[number]),
            "NATS_STORE_MAX": STORE_MAX,
            "NATS_CERTIFICATE": str(self.directory / "server.pem"),
            "NATS_KEY": str(self.directory / "server.key"),
            "NATS_AUTHORITY": str(self.directory / "authority.pem"),
        }
        for other in self.sites:
            asked[f"NATS_ROUTE_{other.number + 1}"] = f"nats://route:{ROUTE_PASSWORD}@{other.at(ROUTE_PORT)}"
        asked |= {f"NATS_{user}_PASSWORD": password for user, password in self.passwords.items()}
        return {**os.environ, **asked}

    def kill(self, number):
        """SIGKILL, as a machine is lost."""
        process = self.running.pop(number)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def freeze(self):
        """Lets all of them stand still at one moment. Returns when none does anything any more."""
        for process in self.running.values():
            process.send_signal(signal.SIGSTOP)
        for number, process in self.running.items():
            patience.until(lambda p=process: stands_still(p), f"server {number} stands still", ANSWER_S)

    def login(self, user):
        """The words by which a call of the program uses these servers as that user."""
        addresses = ",".join(f"tls://{site.at(SERVER_PORT)}" for site in self.sites)
        return [
            "--log", addresses, "--log-user", user,
            "--log-password-file", str(self.directory / f"password-of-{user}"),
            "--log-authorities", str(self.directory / "authority.pem"),
        ]  # fmt: skip

    def seals_login(self, user):
        """The settings by which it uses their seals as that user."""
        file = str(self.directory / f"password-of-{user}")
        return {"NETGAIN_SEALS_USER": user, "NETGAIN_SEALS_PASSWORD_FILE": file}

    def leader(self):
        """Which server leads the stream, as soon as all the others follow it."""
        return patience.until(self._settled_leader, "one server leads, and the others follow it", ELECTION_S) - 1

    def group(self):
        """By what name the servers agree on the stream's messages."""
        return self._stream(self.leader())["cluster"]["raft_group"]

    def _settled_leader(self):
        # From 1 on, so that there being one is told from there being none.
        for number in self.running:
            cluster = self._stream(number).get("cluster", {})
            followers = cluster.get("replicas", [])
            if cluster.get("leader") == name(number) and len(followers) == len(self.running) - 1:
                if all(follower.get("current") and not follower.get("lag") for follower in followers):
                    return number + 1
        return None

    def _stream(self, number):
        answer = self._asked(number, "/jsz?accounts=true&streams=true")
        accounts = json.loads(answer or b"{}").get("account_details") or []
        streams = [stream for account in accounts for stream in account.get("stream_detail") or []]
        return next((stream for stream in streams if stream["name"] == STREAM), {})

    def _asked(self, number, path):
        """What a server says of itself; nothing where it does not answer."""
        if self.running[number].poll() is not None:
            raise PromiseBroken(f"server {number} has ended: {self._said(number)}")
        try:
            address = f"http://{self.sites[number].at(MONITORING_PORT)}{path}"
            with urllib.request.urlopen(address, timeout=ANSWER_S) as answer:
                return answer.read()
        except OSError:
            return None

    def _said(self, number):
        return (self.directory / f"server-{number}.log").read_text(errors="replace").strip()[-500:]


def name(number):
    """A server's name."""
    return f"n{number}"


def stands_still(process):
    """Whether no thread of it runs, or waits for its disk."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/stat")
    # The state stands behind the name, which is in brackets.
    return all(thread.read_text().rsplit(")", 1)[1].split()[0] == "T" for thread in threads)
