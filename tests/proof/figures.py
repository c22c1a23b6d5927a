#!/usr/bin/env python3
"""The figures of `verify.py` beside those of the program, which share no code, and beside the worked histories.

    tests/proof/figures.py --program PATH [--workload PATH] [--seeds 200]

Every totals document must be the same to the byte: of every vector, and of random histories for ten years as known
now and at three earlier positions. Then one rule at a time is switched off in `verify.py`, and the same comparison
must notice each. Needs Python 3.9; --workload is the program `workload` of `netgain-tests`, by default beside PATH.
"""

import argparse
import json
import sys
import time
import types
from pathlib import Path

from ledger import ROOT, VERIFIER, Ledger, run

import verify

YEARS = [f"{year}/{(year + 1) % 100:02}" for year in range(2008, 2018)]
COMMANDS = 120

# A rule, how `verify.py` says it, and how it would say it wrongly. Each must change some figure.
WRONG_RULES = [
    ("two years are enough", '"persistence_years":3', '"persistence_years":2'),
    (
        "a level above 7.4 % is carried forward",
        '"carry_forward_threshold_per_mille":75',
        '"carry_forward_threshold_per_mille":74',
    ),
    ("income counts", '["income","grant",', '["grant",'),
    ("impact from 2007/08 on counts", '"first_year":"2008/09"', '"first_year":"2007/08"'),
    ("an override outlives its source", '{"source_override": None} if "source" in event else {}', "{}"),
    ("an upheld challenge ends no validation", 'or event.get("outcome") == "upheld"', ""),
    ("a cost ends no validation", '"offset-recorded", "offset-cancelled", ', ""),
    ("worse quality is a gain", 'or check.get("quality") == "worsened"', ""),
    (
        "the first check of a year stays",
        'claim.checks[YEARS[event["year"]]] = event',
        'claim.checks.setdefault(YEARS[event["year"]], event)',
    ),
    ("costs incurred anyway are deducted", 'and not cost.get("incurred_anyway")', ""),
    ("a cost before the first accrual is lost", "(max(claim.first, start + at), ", "(start + at, "),
    ("the odd pennies come last", "(at < amount % parts)", "(parts - at <= amount % parts)"),
    ("a running cost runs on", "start <= of <= until) for of in years", "start <= of) for of in years"),
    ("a negative year counts as nothing", "max(proven, unbroken) + min(0, net[at])", "max(proven, unbroken)"),
    ("what ended never counted", "max(proven, unbroken)", "unbroken"),
    (
        "nothing is ever deleted for want of years",
        "unbroken = min(level[at:max(at, horizon - first) + 1])",
        "unbroken = level[at]",
    ),
    ("actors differ by case", 'check["actor"].lower() != actor.lower()', 'check["actor"] != actor'),
    (
        "one's own check assures",
        'return check is not None and check["actor"].lower() != actor.lower()',
        "return check is not None",
    ),
    ("half a penny is rounded down", "(2 * excess + unit) // (2 * unit)", "excess // unit"),
    (
        "a check caps no carry-forward",
        "min([(2 * excess + unit) // (2 * unit), *caps])",
        "(2 * excess + unit) // (2 * unit)",
    ),
    (
        "a new declaration keeps the old checks",
        "history.carry = [event]",
        "history.carry = [event, *history.carry[1:]]",
    ),
]


def documents(ledger, org, lines, asked):
    """Of each year and position asked for: the events known, the year, and the program's document."""
    events = [verify.read_event(line) for line in lines]
    return [(events[:position], org, year, ledger.totals(org, year, position)) for year, position in asked]


def recomputed(verifier, known, org, year):
    history = verifier.fold(known)
    history.org = org  # where nothing is known, no event names it
    return json.dumps(verifier.totals(history, year), ensure_ascii=False, separators=(",", ":")).encode()


def compare(name, documents):
    for known, org, year, said in documents:
        found = recomputed(verify, known, org, year)
        if found != said:
            sys.exit(
                f"{name}, {year} at position {len(known)}:\n  the program: {said.decode()}\n  verify.py:   {found.decode()}"
            )


def vectors(program):
    """Every worked history: three figures agree, the page's, the program's and the verifier's."""
    count, compared = 0, 0
    for path in sorted((ROOT / "tests" / "vectors").glob("*.json")):
        if path.name == "refusals.json":
            continue
        vector, ledger = json.loads(path.read_text("utf-8")), Ledger(program)
        ledger.record(vector["commands"])
        for expected in vector["expect"]:
            org = expected["org"]
            found = documents(ledger, org, ledger.lines(org), [(expected["year"], expected["position"])])
            compare(path.name, found)
            mine = json.loads(recomputed(verify, *found[0][:3]))
            for field, value in expected.items():
                if mine[field] != value:
                    sys.exit(f"{path.name}: {field} of {expected['year']} is {mine[field]}, not {value}")
            compared += 1
        ledger.close()
        count += 1
    if count < 35 or compared < 200:
        sys.exit(f"only {compared} figures of {count} vectors were compared")
    return f"{count} vectors", compared


def random_histories(program, workload, seeds):
    """The documents of random histories, after each was compared."""
    everything, events = [], 0
    for seed in range(seeds):
        status, said, told = run(workload, "--history", seed, COMMANDS)
        if status:
            sys.exit(f"{workload}: {told}")
        ledger, commands = Ledger(program), [json.loads(line) for line in said.splitlines()]
        ledger.record(commands)
        org = commands[0]["org"]
        lines = ledger.lines(org)
        asked = [(year, len(lines)) for year in YEARS]
        asked += [(YEARS[(seed + part) % len(YEARS)], len(lines) * part // 4) for part in (1, 2, 3)]
        found = documents(ledger, org, lines, asked)
        compare(f"seed {seed}", found)
        everything += found
        events += len(lines)
        ledger.close()
    return f"{seeds} random histories of {events} events", everything


def wrong_rules(everything):
    """The positive control: with one rule switched off, the comparison must fail somewhere."""
    source = VERIFIER.read_text("utf-8")
    for rule, right, wrong in WRONG_RULES:
        if source.count(right) != 1:
            sys.exit(f"the rule '{rule}' stands {source.count(right)} times in verify.py: {right}")
        other = types.ModuleType("verify_with_a_wrong_rule")
        exec(compile(source.replace(right, wrong), "verify.py", "exec"), vars(other))
        if all(recomputed(other, known, org, year) == said for known, org, year, said in everything):
            sys.exit(f"nobody noticed the wrong rule: {rule}")
    return f"{len(WRONG_RULES)} rules switched off", "each noticed"


def goldens():
    """Every event type as it is written, in each form that was ever frozen."""
    kinds, count = set(), 0
    for path in sorted((ROOT / "events" / "golden").glob("*.v1.jsonl")):
        for line in path.read_bytes().split(b"\n")[:-1]:
            if b'"org":"_SYSTEM"' not in line:  # the ledger's own history is in no bundle
                kinds.add(verify.read_event(line)["type"])
                count += 1
    if kinds != set(verify.EVENTS):
        sys.exit(f"no golden line of {sorted(set(verify.EVENTS) - kinds)}")
    return f"{len(kinds)} event types", f"{count} lines read"


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--program", type=Path, required=True)
    words.add_argument("--workload", type=Path)
    words.add_argument("--seeds", type=int, default=200)
    asked = words.parse_args()
    workload = asked.workload or asked.program.parent / "workload"
    started = time.perf_counter()

    def row(what, result):
        nonlocal started
        now = time.perf_counter()
        print(f"{what:<42} {result:<24} {now - started:6.1f} s", flush=True)
        started = now

    row(*goldens())
    what, compared = vectors(asked.program)
    row(what, f"{compared} documents agree")
    what, everything = random_histories(asked.program, workload, asked.seeds)
    row(what, f"{len(everything)} documents agree")
    row(*wrong_rules(everything))


if __name__ == "__main__":
    main()
