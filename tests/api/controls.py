"""Positive controls: each check is shown something wrong and must say so."""

import copy
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

from answers import hold_answers
from examples import record_examples
from lint import lint
from requests_made_up import Made, run
from service import Service

TOTALS = "/api/v1/organisations/{org}/totals/{year}"


def doctored(api: dict, change: Callable[[dict], None]) -> dict:
    """The description with something wrong in it."""
    api = copy.deepcopy(api)
    change(api)
    return api


def no_summary(api: dict) -> None:
    del api["paths"][TOTALS]["get"]["summary"]


def no_schema(api: dict) -> None:
    api["paths"][TOTALS]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = {}


def no_path_parameter(api: dict) -> None:
    api["paths"][TOTALS]["get"]["parameters"].pop(0)


def example_that_is_none(api: dict) -> None:
    api["components"]["schemas"]["set-baseline"]["examples"][0]["amount"] = 5


def field_left_out(api: dict) -> None:
    del api["components"]["schemas"]["BasisTotal"]["properties"]["deleted"]
    api["components"]["schemas"]["BasisTotal"]["required"].remove("deleted")


def field_made_up(api: dict) -> None:
    api["components"]["schemas"]["DueCheck"]["properties"]["colour"] = {"type": "string"}


def word_left_out(api: dict) -> None:
    api["components"]["schemas"]["Status"]["enum"].remove("proven")


def refused_command(api: dict) -> None:
    api["components"]["schemas"]["set-target"]["examples"][0]["amount"] = "-1"


def control_descriptions(service: Callable[[], Service], api: dict) -> list[str]:
    """Shows lint, examples and answers what is wrong; says what they did not see."""
    missed = []
    for change in (no_summary, no_schema, no_path_parameter, example_that_is_none):
        if not lint(doctored(api, change)):
            missed.append(f"lint does not see {change.__name__}")
    for change in (field_left_out, field_made_up, word_left_out):
        with service() as fresh:
            wrong = doctored(api, change)
            record_examples(fresh, api)
            if not hold_answers(fresh, wrong):
                missed.append(f"answers do not see {change.__name__}")
    with service() as fresh:
        if not record_examples(fresh, doctored(api, refused_command)):
            missed.append("examples do not see a command that is refused")
    return missed


class Failing(BaseHTTPRequestHandler):
    """Fails at everything."""

    def do_GET(self) -> None:
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


def control_requests(service: Service, api: dict, seed: int) -> list[str]:
    """Shows the made-up requests what is wrong; says what they did not see."""

    def only(path: str) -> dict:
        return {**copy.deepcopy(api), "paths": {path: copy.deepcopy(api["paths"][path])}}

    def failures(url: str, wrong: dict) -> list[str]:
        made = Made()
        words = ["--phases", "fuzzing", "--max-examples", "25"]
        run(url, service.directory, wrong, "board", seed, "A", words, made)
        return made.failures

    missed = []
    if failures(service.url, only(TOTALS)):
        missed.append("made-up requests see something wrong where nothing is")
    undescribed = only(TOTALS)
    del undescribed["paths"][TOTALS]["get"]["responses"]["400"]
    if not any("Undocumented status code" in it for it in failures(service.url, undescribed)):
        missed.append("made-up requests do not see a status that is not described")
    other_body = only(TOTALS)
    other_body["components"]["schemas"]["Totals"]["required"].append("colour")
    if not any("violates schema" in it for it in failures(service.url, other_body)):
        missed.append("made-up requests do not see a body that is not as described")
    failing = HTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=failing.serve_forever, daemon=True).start()
    if not any("Server error" in it for it in failures(f"http://127.0.0.1:{failing.server_port}", only("/healthz"))):
        missed.append("made-up requests do not see a 500")
    failing.shutdown()
    return missed
