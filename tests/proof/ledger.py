"""The program as a process, on a ledger of its own that vanishes with the test; and `verify.py` as a module."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VERIFIER = ROOT / "services" / "verify" / "verify.py"
sys.path.insert(0, str(VERIFIER.parent))
sys.dont_write_bytecode = True  # nothing is left beside the verifier

# Who acts where a command names nobody: nobody that any vector or random history names.
RECORDER = "recorder"


def run(*words, given=b""):
    """What a call of the program came to: its exit status, and what it wrote to standard output and error."""
    done = subprocess.run(
        [str(word) for word in words], input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60
    )
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


class Ledger:
    """A fresh ledger and the program to use it with."""

    def __init__(self, program):
        self.program = program
        self.home = tempfile.TemporaryDirectory(prefix="netgain-proof-")

    def call(self, *words, given=b"", statuses=(0,)):
        status, said, told = run(self.program, "--data", Path(self.home.name) / "ledger", *words, given=given)
        if status not in statuses:
            sys.exit(f"netgain {' '.join(map(str, words))}: status {status}\n{told}")
        return said

    def record(self, commands):
        """Records commands, some of which may be refused."""
        lines = "".join(json.dumps(command) + "\n" for command in commands).encode()
        self.call("record", "--actor", RECORDER, given=lines, statuses=(0, 1))

    def lines(self, org):
        """The stored lines, without their line feeds."""
        return self.call("trail", "--org", org, "--json")[:-1].split(b"\n")

    def totals(self, org, year, position):
        """The totals document as it is written, without its line feed."""
        return self.call("totals", "--org", org, "--year", year, "--position", position, "--json")[:-1]

    def close(self):
        self.home.cleanup()
