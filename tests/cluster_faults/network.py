"""Three sites in network namespaces of their own, on one bridge, that can be cut off from each other. Needs root.

The bridge is this machine's: whoever asks the nodes from outside reaches each of them whatever is cut.
"""

import contextlib
import secrets
import shutil
import subprocess

import sites
from file_systems import require_root
from outcome import NotRun

BITS = 24
OUTSIDE = 254


class Network:
    """The namespaces, and what is cut between them."""

    def __init__(self):
        # Another one each time: what had a name before is taken away in the system's own time.
        self.name = f"ng{secrets.token_hex(3)}"
        # 198.18.0.0/15 is for trials like this (RFC 2544): nothing else is there.
        self.prefix = f"198.18.{secrets.randbelow(250) + 2}"
        self.sites = [
            sites.Site(number, f"{self.prefix}.{number + 1}", ("ip", "netns", "exec", self._namespace(number)))
            for number in range(sites.COUNT)
        ]

    def _namespace(self, number):
        return f"{self.name}s{number}"

    def _bridge(self):
        return f"{self.name}br"

    def make(self):
        """The bridge, and a namespace on it for each site."""
        bridge = self._bridge()
        ip("link", "add", bridge, "type", "bridge")
        ip("address", "add", f"{self.prefix}.{OUTSIDE}/{BITS}", "dev", bridge)
        ip("link", "set", bridge, "up")
        for site in self.sites:
            inner, outer = self._namespace(site.number), f"{self.name}v{site.number}"
            ip("netns", "add", inner)
            ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", inner)
            ip("link", "set", outer, "master", bridge, "up")
            ip("-n", inner, "address", "add", f"{site.address}/{BITS}", "dev", "eth0")
            ip("-n", inner, "link", "set", "eth0", "up")
            ip("-n", inner, "link", "set", "lo", "up")

    def gone(self):
        """Removes all of it. Whatever runs there must have ended."""
        for site in self.sites:
            subprocess.run(["ip", "netns", "delete", self._namespace(site.number)], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", self._bridge()], check=False, capture_output=True)

    def deafen(self, site, to):
        """From now on nothing that the one sends reaches the other; what goes the other way still does."""
        self._filter(site, "--append", "INPUT", "--source", to.address, "--jump", "DROP")

    def cut(self, one, other):
        """From now on neither hears the other."""
        self.deafen(one, other)
        self.deafen(other, one)

    def heal(self):
        """Everything reaches everybody again."""
        for site in self.sites:
            self._filter(site, "--flush", "INPUT")

    def _filter(self, site, *words):
        subprocess.run([*site.inside, "iptables", "--wait", *words], check=True, capture_output=True)


def ip(*words):
    tried = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise NotRun(f"needs root that may make network namespaces ({tried.stderr.strip()})")


def require_filter(network):
    """Says what is missing where nothing can be held back between namespaces."""
    try:
        network.heal()
    except subprocess.CalledProcessError as error:
        raise NotRun(f"needs iptables that may filter ({error.stderr.decode().strip()})") from error


@contextlib.contextmanager
def namespaces():
    """The network, for as long as it is used."""
    require_root()
    for program in ["ip", "iptables"]:
        if not shutil.which(program):
            raise NotRun(f"needs {program} (iproute2, iptables)")
    network = Network()
    try:
        network.make()
        require_filter(network)
        yield network
    finally:
        network.gone()
