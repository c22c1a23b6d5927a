"""The bundle that is tampered with: the program's own, of a random history, and the same sealed with a key at hand."""

import json
import sys
from pathlib import Path

import make_bundle
from ledger import Ledger, run
from make_bundle import Key, bundle_files


class Genuine:
    """The program's bundle of a second statement, its key file, and the same history sealed with a key at hand."""

    def __init__(self, program, workload, seed):
        ledger, org, year = history(program, workload, seed)
        path = Path(ledger.home.name) / "bundle.tar"
        ledger.call("statement", "bundle", "--org", org, "--year", year, "--series", "actual", "--output", path)
        self.raw = path.read_bytes()
        self.keys = ledger.call("keys", "show")
        self.directory, self.files = make_bundle.read_archive(self.raw)
        self.lines = self.files["events.jsonl"][:-1].split(b"\n")
        self.behind = [int(line.split()[0]) for line in self.files["inclusion.txt"].splitlines()]
        name = self.keys.decode().split("+")[0]
        self.own, self.forger = Key(name, b"the ledger's own key in the test"), Key(
            name, b"a forger, with a key of the same"
        )
        self.witness = Key("witness.example/w1", b"a witness that has seen the tree", make_bundle.WITNESS_KEY)
        self.own_keys = f"# a comment\n\n{self.own.vkey()}\n{self.witness.vkey()}\n".encode()
        ledger.close()

    def sealed_with_own_key(self, lines, totals=None):
        """The files of that history's bundle, sealed as the ledger itself seals, with a witness."""
        beside = {name: self.files[name] for name in ("README.txt", "ruleset.json", "verify.py")}
        beside["totals.json"] = self.files["totals.json"] if totals is None else totals
        return bundle_files(
            lines, beside, self.own, self.behind, [self.witness], [b"another organisation's checkpoint"]
        )


def history(program, workload, seed):
    """A ledger with a random history whose validated figure is above nothing, and two statements in it."""
    for attempt in range(100):
        commands = [json.loads(line) for line in run(workload, "--history", seed + attempt, 120)[1].splitlines()]
        org = commands[0]["org"]
        ledger = Ledger(program)
        issue = [
            {"type": "issue-statement", "org": org, "year": year, "series": "actual"} for year in ("2009/10", "2010/11")
        ]
        ledger.record(commands[:80] + issue[:1] + commands[80:] + issue[1:])
        totals = json.loads(ledger.totals(org, "2010/11", len(ledger.lines(org))))
        if totals["validated"]["gross"] != "0.00" and totals["claimed"]["carry_forward"] != "0.00":
            return ledger, org, "2010/11"
        ledger.close()
    sys.exit("no random history had a validated figure")
