"""Where a cluster is: three sites, each with an address of its own, a nats-server and a node.

On the loopback every address of 127.0.0.0/8 is this machine's, so three sites need no more than three of them; in
network namespaces (`network.py`) they can be cut off from each other.
"""

import dataclasses
import secrets

COUNT = 3
SERVER_PORT, ROUTE_PORT, MONITORING_PORT = 4222, 6222, 8222
NODE_PORT, METRICS_PORT = 8179, 9179


@dataclasses.dataclass(frozen=True)
class Site:
    """One of them."""

    number: int
    address: str
    # The words that run a program there.
    inside: tuple = ()

    def at(self, port):
        return f"{self.address}:{port}"


def on_loopback():
    """Three sites that always reach each other. Chosen by chance, so that two runs do not meet."""
    network = f"127.{secrets.randbelow(250) + 2}.{secrets.randbelow(250) + 2}"
    return [Site(number, f"{network}.{number + 1}") for number in range(COUNT)]
