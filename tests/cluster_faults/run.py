#!/usr/bin/env python3
"""All fault tests of a clustered ledger, each with its positive control: three nats-servers, three nodes, for real.

One line each, and a last line that counts them.
"""

import collections
import subprocess
import sys
from pathlib import Path

# What the faults of an embedded ledger share with these.
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "faults"))

import altered  # noqa: E402
import kills  # noqa: E402
import lost_power  # noqa: E402
import partition  # noqa: E402
import pause  # noqa: E402
import setting as settings  # noqa: E402

NATS_SERVER = settings.REPOSITORY / "tests" / "cluster" / "nats-server"

# Name, module, and the count of faults: few for every change, many for a night.
TESTS = [
    ("kills", kills, kills.ROUNDS, 50),
    ("partition", partition, partition.ROUNDS, 30),
    ("pause", pause, None, None),
    ("lost_power", lost_power, lost_power.ROUNDS, 70),
    ("altered", altered, None, None),
]


def nats_server(given):
    """The server that was named, or the one that the cluster's tests have; none where it says so."""
    if given:
        return given.resolve()
    told = subprocess.run([NATS_SERVER], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    if told.startswith("not run"):
        print(told)
        sys.exit(0)
    return Path(told)


def chosen(words, server):
    """The tests to run, with their arguments: every test is followed by its control."""
    for name, module, few, many in TESTS:
        count = many if words.long else few
        yield name, module.run, (server,) if count is None else (server, count)
        yield f"{name} control", module.control, (server,)


def main():
    parser = settings.words(__doc__)
    parser.add_argument("--nats-server", type=Path, help="the server to start (default: tests/cluster/nats-server's)")
    parser.add_argument("--long", action="store_true", help="the counts of tests/all --long: hours")
    names = [name for name, *_ in TESTS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="TEST", help=f"of {', '.join(names)}")
    given = settings.parse(parser)
    server = nats_server(given.nats_server)
    outcomes = collections.Counter(
        settings.run_one(name, test, given, arguments)
        for name, test, arguments in chosen(given, server)
        if not given.only or name.split()[0] in given.only
    )
    print(f"{outcomes['passed']} passed, {outcomes['failed']} failed, {outcomes['skipped']} skipped")
    sys.exit(1 if outcomes["failed"] else 0)


if __name__ == "__main__":
    main()
