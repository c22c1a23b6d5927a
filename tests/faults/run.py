#!/usr/bin/env python3
"""All fault tests, each with its positive control: one line each, and a last line that counts them."""

import collections
import sys

import bit_flips
import disk_full
import kill_everywhere
import power_cut
import setting as settings
import sled_power_cut
import sync_error
import two_writers

# Name, module, and the count of faults: few for every change, many for a night.
TESTS = [
    ("kill_everywhere", kill_everywhere, 200, 10_000),
    ("power_cut", power_cut, 30, 1_000),
    ("disk_full", disk_full, None, None),
    ("sync_error", sync_error, sync_error.FAILURES, 1_000),
    ("bit_flips", bit_flips, 1_000, 100_000),
    ("two_writers", two_writers, None, None),
]


def chosen(words):
    """The tests to run, with their arguments: every test is followed by its control."""
    for name, module, few, many in TESTS:
        count = many if words.long else few
        yield name, module.run, () if count is None else (count,)
        yield f"{name} control", module.control, ()
    if words.long:
        yield "sled_power_cut", sled_power_cut.run, ()


def main():
    parser = settings.words(__doc__)
    how_many = parser.add_mutually_exclusive_group()
    how_many.add_argument("--quick", action="store_true", help="the counts of tests/all (the default)")
    how_many.add_argument("--long", action="store_true", help="the counts of tests/all --long: hours")
    names = [name for name, *_ in TESTS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="TEST", help=f"of {', '.join(names)}")
    given = settings.parse(parser)
    outcomes = collections.Counter(
        settings.run_one(name, test, given, arguments)
        for name, test, arguments in chosen(given)
        if not given.only or name.split()[0] in given.only
    )
    print(f"{outcomes['passed']} passed, {outcomes['failed']} failed, {outcomes['skipped']} skipped")
    sys.exit(1 if outcomes["failed"] else 0)


if __name__ == "__main__":
    main()
