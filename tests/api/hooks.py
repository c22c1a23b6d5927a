"""What schemathesis is told: mostly ask for what is there, and count what came back.

A code or a year made up from its pattern is one that nobody has, and every request would end at the same refusal. So
where one has its form, three of four are put in place of it that the sample has. What does not have its form stays.
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


def there(name: str, value):
    """The value, or one of those that are there."""
    form, known = THERE.get(name, (None, []))
    if form is None or not isinstance(value, str) or not re.fullmatch(form, value):
        return value
    draw = zlib.crc32(value.encode())
    return known[draw // 4 % len(known)] if draw % 4 else value


@schemathesis.hook
def before_call(context, case, kwargs):
    for parameters in (case.path_parameters, case.query):
        for name in set(parameters or {}) & set(THERE):
            parameters[name] = there(name, parameters[name])


@schemathesis.hook
def after_call(context, case, response):
    ANSWERS[str(response.status_code)] += 1


@atexit.register
def tell() -> None:
    Path(os.environ["NETGAIN_ANSWERS"]).write_text(json.dumps(ANSWERS))
