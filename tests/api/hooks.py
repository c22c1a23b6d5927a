"""What schemathesis is told: mostly ask for what is there, and count what came back.

A code or a year made up from its pattern is one that nobody has, and every request would end at the same refusal. So
three of four requests are put in the way of getting further: they ask for what the sample has, and lay aside what
is right by itself and wrong with the rest. Which three, the request itself decides, so that a seed asks for the
same again.
"""

import atexit
import json
import os
import re
import zlib
from collections import Counter
from pathlib import Path

import schemathesis

THERE = {
    "org": (r"[A-Z0-9][A-Z0-9_-]{0,31}", ["X00000001"]),
    "year": (r"(199|20[0-9])[0-9]-[0-9]{2}", ["2008-09", "2009-10", "2010-11", "2011-12"]),
    "claim": (r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", os.environ["NETGAIN_CLAIMS"].split(",")),
    "number": (r"[1-9][0-9]{0,8}|latest", ["1", "latest"]),
}

ANSWERS: Counter[str] = Counter()


def further(parameters, draw: int, also_wrong: bool) -> None:
    """Puts what is there in place of what has its form; where that is not what is tried, of anything."""
    for name in set(parameters or {}) & set(THERE):
        form, known = THERE[name]
        if also_wrong or re.fullmatch(form, str(parameters[name])):
            parameters[name] = known[draw % len(known)]


def one_by_one(body) -> None:
    """A command of an array has no key of its own, and each is about the organisation that it is sent to."""
    for command in body if isinstance(body, list) else [body]:
        if isinstance(command, dict):
            for field in ("command_id", "org"):
                if command.get(field) != "_SYSTEM":
                    command.pop(field, None)


@schemathesis.hook
def before_call(context, case, kwargs):
    request = repr((case.method, case.path, case.path_parameters, case.query, case.body))
    draw, once = divmod(zlib.crc32(request.encode()), 4)
    if once == 0:
        return
    has_body = bool(case.operation.body)
    further(case.path_parameters, draw, has_body)
    further(case.query, draw, False)
    if has_body:
        one_by_one(case.body)
        if case.headers:
            case.headers.pop("Idempotency-Key", None)
            case.headers.pop("If-Match", None)


@schemathesis.hook
def after_call(context, case, response):
    ANSWERS[str(response.status_code)] += 1


@atexit.register
def tell() -> None:
    Path(os.environ["NETGAIN_ANSWERS"]).write_text(json.dumps(ANSWERS))
