"""What tests/api/run runs, once the packages are there."""

import argparse
import random
import sys
import time
from pathlib import Path

from answers import hold_answers
from controls import control_descriptions, control_requests
from examples import record_examples
from lint import lint, operations
from requests_made_up import make_up
from service import NOBODY, ROLES, Service


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/api/run")
    parser.add_argument("--program", type=Path, required=True, help="the built netgain")
    parser.add_argument("--examples", type=int, default=10, help="requests at random, for each operation and role")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="asks for the same again")
    parser.add_argument("--roles", default=",".join([*ROLES, NOBODY]), help="as whom, separated by commas")
    parser.add_argument("--everything", action="store_true", help="every bound of every parameter as every role")
    return parser.parse_args()


class Told:
    """Says how each part went."""

    def __init__(self) -> None:
        self.failed = False
        self.since = time.monotonic()

    def __call__(self, what: str, wrong: list[str]) -> None:
        took = time.monotonic() - self.since
        self.since = time.monotonic()
        print(f"{'FAILED' if wrong else 'ok'}: {what} ({took:.1f} s)")
        for line in wrong:
            print(f"    {line}")
        sys.stdout.flush()
        self.failed |= bool(wrong)


def main() -> int:
    asked = arguments()
    tell = Told()
    with Service(asked.program) as service:
        api = service.description()
        count = len(list(operations(api)))
        tell(f"the description of {count} operations", lint(api))
        tell("its examples can be recorded", record_examples(service, api))
        tell("answers are what it says, field by field", hold_answers(service, api))
    tell("what is wrong would be seen", control_descriptions(lambda: Service(asked.program), api))
    print(f"seed {asked.seed}")
    for role in asked.roles.split(","):
        with Service(asked.program) as service:
            made = make_up(service, api, role, asked.examples, asked.seed, asked.everything)
            # Whoever is refused everything has tried nothing.
            few = role != NOBODY and made.share("2") < 20
            wrong = made.failures + [f"hardly anything was answered: {made.answers}"] * few
            tell(f"as {role}: {made}", wrong)
    with Service(asked.program) as service:
        tell("what is wrong would be seen", control_requests(service, api, asked.seed))
    return int(tell.failed)


if __name__ == "__main__":
    sys.exit(main())
