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
    given = parser.parse_args()
    seed = secrets.randbelow(10**9) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    failed = False
    for name, test in tests:
        arguments = (given.count,) if count_word and not name.endswith("control") else ()
        failed |= run_one(name, test, given.program, seed, given.work, arguments) == "failed"
    sys.exit(1 if failed else 0)


def run_one(name, test, program, seed, work, arguments=()):
    """Runs one test and prints its line. Returns `passed`, `failed` or `skipped`."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="netgain-faults-", dir=work) as directory:
        try:
            program = program.resolve()
            if not program.is_file():
                raise NotRun(f"needs the program at {program}: cargo build --release")
            said = test(Setting(program, seed, Path(directory).resolve()), *arguments)
            outcome = "passed"
        except NotRun as missing:
            said, outcome = f"not run: {missing}", "skipped"
        except PromiseBroken as broken:
            said, outcome = f"FAILED: {broken} (seed {seed})", "failed"
    print(f"{name:<26} {said}  [{time.monotonic() - started:.1f} s]", flush=True)
    return outcome
