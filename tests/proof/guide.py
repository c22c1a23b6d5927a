#!/usr/bin/env python3
"""docs/VERIFYING.md as an auditor follows it: its commands, on a bundle of the samples, and the verdict it shows.

    tests/proof/guide.py --program target/release/netgain

The commands are read from the page, so that it cannot say others than those that work. The verdict it shows must be
netgain's of today, but for keys, ledger ids and roots, and `verify.py` must go through the same steps. Then what its
table says of a damaged file and of another key. Needs Python 3.9 and `cryptography`.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

try:
    import cryptography  # noqa: F401 - verify.py needs it
except ImportError:
    print("not run: Python has no module `cryptography`")
    sys.exit(0)

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "VERIFYING.md"
NAMED = "netgain-E07000082-2010-11-actual-1.tar"
# The statement whose verdict the page shows.
STATEMENT = ["--org", "X00000001", "--year", "2009/10", "--series", "actual", "--number", "2"]


def block(heading):
    """The first block of code under a heading of the page."""
    text = PAGE.read_text(encoding="utf-8")
    return re.search(rf"^## {re.escape(heading)}$.*?^```\n(.*?)^```$", text, re.M | re.S)[1].rstrip("\n")


def masked(verdict):
    """A verdict without what differs from ledger to ledger."""
    verdict = re.sub(r"netgain/[0-9a-f]{32}", "netgain/LEDGER", verdict)
    verdict = re.sub(r"\+[0-9a-f]{8}\b", "+KEY", verdict)
    return re.sub(r"[A-Za-z0-9+/]{43}=", "ROOT", verdict)


def ran(words, home, path):
    """A command's exit status and what it printed."""
    environment = {**os.environ, "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]])}
    done = subprocess.run(words, cwd=home, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.rstrip("\n")


def made(program, data, *words):
    """What netgain printed, having done what it was asked with a ledger."""
    call = [program, "--data", data, *words]
    return subprocess.run(call, check=True, capture_output=True, text=True).stdout


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"{what}:\n{found}\n-- instead of --\n{wanted}")


def steps(verdict, outcome="passed"):
    """The steps of a verdict that came out so."""
    words = [line.split() for line in verdict.splitlines()]
    return [word[0] for word in words if len(word) > 1 and word[1] == outcome]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--program", type=Path, required=True)
    program = arguments.parse_args().program.resolve()
    # Those of `verify.py`, which says nothing of itself, and netgain's.
    shown = block("Reading the verdict")
    commands = [
        (block("With Python").split(), steps, steps(shown)[:-1]),
        # What it does not check follows, and is a section of the page.
        (block("With netgain").split(), lambda verdict: masked(verdict)[: len(masked(shown))], masked(shown)),
    ]
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        # As a shell would find them: this program, and this Python, which a link would take away from its modules.
        (home / "bin").mkdir()
        (home / "bin" / "netgain").symlink_to(program)
        path = [home / "bin", Path(sys.executable).parent]
        bundle = home / NAMED
        made(program, home / "gains", "demo", "--no-serve")
        made(program, home / "gains", "statement", "bundle", *STATEMENT, "--output", bundle)
        key = made(program, home / "gains", "keys", "show")
        (home / "netgain.key").write_text(key, encoding="utf-8")
        with tarfile.open(bundle) as packed:
            inside = next(name for name in packed.getnames() if name.endswith("/verify.py"))
            (home / "verify.py").write_bytes(packed.extractfile(inside).read())
        whole = bundle.read_bytes()
        half = len(whole) // 2
        another = made(program, home / "other", "keys", "init")
        for command, of_verdict, wanted in commands:
            said = " ".join(command)
            status, verdict = ran(command, home, path)
            expect(f"{said}: exit status", status, 0)
            expect(f"{said}: the verdict that the page shows", of_verdict(verdict), wanted)
            # Damaged on its way: one bit, in the middle of the history.
            bundle.write_bytes(whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :])
            status, verdict = ran(command, home, path)
            expect(f"{said}, damaged: status and step", (status, steps(verdict, "FAILED")), (1, ["manifest"]))
            bundle.write_bytes(whole)
            (home / "netgain.key").write_text(another, encoding="utf-8")
            status, verdict = ran(command, home, path)
            expect(f"{said}, another key: status and step", (status, steps(verdict, "FAILED")), (1, ["checkpoint"]))
            (home / "netgain.key").write_text(key, encoding="utf-8")
    print("docs/VERIFYING.md: both commands work, come to the verdict it shows, and name the step that fails")


if __name__ == "__main__":
    main()
