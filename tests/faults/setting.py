"""What every fault test is given: the program, a seed, and a directory of its own that is gone afterwards."""

import argparse
import dataclasses
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

from outcome import NotRun, PromiseBroken

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a test may use."""

    program: Path
    seed: int
    work: Path

    def random(self, *what):
        """A source of chance that the seed and these words decide."""
        return random.Random(f"{self.seed} {what}")

    def directory(self, name):
        """A directory of that name inside the test's own."""
        place = self.work / name
        place.mkdir(parents=True, exist_ok=True)
        return place


def words(description):
    """The words of the command line that all tests share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--program", type=Path, default=REPOSITORY / "target" / "release" / "netgain")
    parser.add_argument("--seed", type=int, default=None, help="repeat the run that printed this seed")
    parser.add_argument("--work", type=Path, default=None, help="where the test's directories go (default: TMPDIR)")
    return parser


def run_alone(description, tests, count_word=None, count=None):
    """Runs a module's tests by themselves: `tests` are (name, function) pairs. Exits 1 if one fails."""
    parser = words(description)
    if count_word:
        parser.add_argument(f"--{count_word}", type=int, default=count, dest="count")
    given = parse(parser)
    failed = False
    for name, test in tests:
        arguments = (given.count,) if count_word and not name.endswith("control") else ()
        failed |= run_one(name, test, given, arguments) == "failed"
    sys.exit(1 if failed else 0)


def parse(parser):
    """Reads the command line, chooses a seed where none is given, and prints it."""
    given = parser.parse_args()
    given.program = given.program.resolve()
    if not given.program.is_file():
        parser.error(f"there is no program at {given.program}: cargo build --release")
    if given.seed is None:
        given.seed = secrets.randbelow(10**9)
    print(f"seed {given.seed}", flush=True)
    return given


def run_one(name, test, given, arguments=()):
    """Runs one test and prints its line. Returns `passed`, `failed` or `skipped`."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="netgain-faults-", dir=given.work) as directory:
        try:
            said = test(Setting(given.program, given.seed, Path(directory).resolve()), *arguments)
            outcome = "passed"
        except NotRun as missing:
            said, outcome = f"not run: {missing}", "skipped"
        except PromiseBroken as broken:
            said, outcome = f"FAILED: {broken} (seed {given.seed})", "failed"
    print(f"{name:<26} {said}  [{time.monotonic() - started:.1f} s]", flush=True)
    return outcome
