"""Real answers beside what the description says of them, field by field.

Every schema is closed for this: a field that an answer has and the description lacks is wrong, and so is one that the
description has and no answer. A client must not rely on that; the description itself is open.
"""

import copy
import re

from jsonschema import Draft202012Validator

from examples import EXAMPLE_ORG
from lint import operations, resolved
from service import ORG, SAMPLES, Service

# What describes only a part on purpose: an event's own fields are those of its command.
OPEN = {"Event"}

# Of what goes in only, these are not answers.
REQUESTS = {"Credentials", "DirectoryEntry", "TokenRequest", "Command", "SystemCommand", "Commands", "SystemCommands"}


def closed(api: dict) -> dict:
    """The description's schemas, none of which lets through a field that it does not name."""
    schemas = copy.deepcopy(api["components"]["schemas"])

    def close(node):
        if isinstance(node, dict):
            if "properties" in node:
                node.setdefault("additionalProperties", False)
            for value in node.values():
                close(value)
        elif isinstance(node, list):
            for value in node:
                close(value)

    for name, schema in schemas.items():
        if name not in OPEN:
            close(schema)
    return schemas


class Answers:
    """Asks, and holds each answer to its operation's description."""

    def __init__(self, service: Service, api: dict):
        self.service = service
        self.api = api
        self.schemas = closed(api)
        self.wrong: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.asked: set[tuple[str, str]] = set()
        self.routes = [
            (method, re.compile(re.sub(r"{\w+}", "[^/]+", path) + "$"), path, operation)
            for method, path, operation in operations(api)
        ]

    def ask(self, status: int, method: str, path: str, role: str, body=None, **headers: str):
        answer = self.service.ask(method, path, role, body, **headers)
        place = f"{method} {path} as {role}"
        if answer.status != status:
            self.wrong.append(f"{place}: {answer.status}, not {status}: {answer.body[:300]!r}")
        self.hold(answer, method, path.partition("?")[0], place)
        return answer

    def hold(self, answer, method: str, path: str, place: str) -> None:
        found = [(route, operation) for m, form, route, operation in self.routes if m == method and form.match(path)]
        # The route without a variable part goes first, as in the service.
        route, operation = min(found, key=lambda it: it[0].count("{"))
        self.asked.add((method, route))
        described = operation["responses"].get(str(answer.status))
        if described is None:
            self.wrong.append(f"{place}: {answer.status} is not described")
            return
        content = described.get("content", {})
        if not content:
            if answer.body:
                self.wrong.append(f"{place}: {answer.status} has a body that is not described")
            return
        if answer.type not in content:
            self.wrong.append(f"{place}: {answer.type} is not described")
            return
        if "json" in answer.type and "ndjson" not in answer.type:
            schema = {**content[answer.type]["schema"], "components": {"schemas": self.schemas}}
            value = answer.json()
            for error in Draft202012Validator(schema).iter_errors(value):
                self.wrong.append(f"{place}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
            self.note(schema, value)

    def note(self, schema: dict, value) -> None:
        """Notes which fields of which schemas an answer has."""
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = self.schemas[name]
            if isinstance(value, dict):
                self.seen |= {(name, field) for field in value}
        for kind in ("oneOf", "anyOf"):
            for option in schema.get(kind, []):
                whole = {**option, "components": {"schemas": self.schemas}}
                if Draft202012Validator(whole).is_valid(value):
                    self.note(option, value)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                self.note(schema["items"], item)
        if isinstance(value, dict):
            for field, part in value.items():
                if field in schema.get("properties", {}):
                    self.note(schema["properties"][field], part)

    def never_seen(self) -> list[str]:
        """What is described and in no answer."""
        requests = set(REQUESTS)
        for name in ("Command", "SystemCommand"):
            requests |= set(self.api["components"]["schemas"][name]["discriminator"]["mapping"])
        fields = {
            (name, field)
            for name, schema in self.api["components"]["schemas"].items()
            if name not in requests | {"Document", "SchemeGiven"}
            for field in schema.get("properties", {})
        }
        return [f"no answer has {name}.{field}" for name, field in sorted(fields - self.seen)]


def hold_answers(service: Service, api: dict) -> list[str]:
    """Asks for everything there is; says where an answer is not as described."""
    answers = Answers(service, api)
    ask = answers.ask
    of = f"/api/v1/organisations/{ORG}"
    example = f"/api/v1/organisations/{EXAMPLE_ORG}"
    years = ["2008-09", "2009-10", "2010-11", "2011-12"]
    for path in ("/healthz", "/readyz", "/api/v1/sign-in", "/api/v1/registry", "/api/v1/keys"):
        ask(200, "GET", path, "nobody")
    ask(404, "GET", "/sign-in/none", "nobody")
    ask(404, "GET", "/sign-in/none/return?state=a&code=b", "nobody")
    ask(401, "GET", of, "nobody")
    ask(200, "GET", "/api/v1/session", "auditor")
    ask(204, "DELETE", "/api/v1/session", "auditor")
    ask(200, "GET", "/api/v1/organisations", "board")
    ask(200, "GET", of, "board")
    ask(403, "GET", of, "administrator")
    ask(404, "GET", "/api/v1/organisations/NOSUCH", "board")
    ask(200, "GET", f"{of}/checkpoint", "auditor")
    for year in years:
        totals = ask(200, "GET", f"{of}/totals/{year}", "board")
        ask(304, "GET", f"{of}/totals/{year}", "board", If_None_Match=totals.headers["ETag"])
        for basis in ("claimed", "validated", "assured"):
            ask(200, "GET", f"{of}/explain/{year}?basis={basis}", "board")
    ask(200, "GET", f"{of}/totals/2010-11?position=9", "board")
    ask(200, "GET", f"{of}/totals/2010-11?known_at=2040-01-01", "board")
    ask(400, "GET", f"{of}/totals/2007-08", "board")
    ask(200, "GET", f"{of}/diff/2010-11?from=3&to=60", "board")
    ask(400, "GET", f"{of}/diff/2010-11?from=60&to=3", "board")
    hold_reports(ask, of, years)
    ask(200, "GET", f"{of}/claims", "board")
    for org in (of, example):
        for claim in ask(200, "GET", f"{org}/claims?year=2010-11", "auditor").json()["claims"]:
            reference = claim["claim"]
            ask(200, "GET", f"{org}/claims/{reference}?year=2009-10", "auditor")
            ask(200, "GET", f"{org}/explain/2010-11?claim={reference}", "auditor")
    ask(404, "GET", f"{of}/claims/NONE", "auditor")
    ask(200, "GET", f"{of}/events?limit=1000", "auditor")
    ask(200, "GET", f"{example}/events", "auditor")
    ask(200, "GET", f"{of}/events", "auditor", Accept="application/x-ndjson")
    hold_statements(ask, of)
    hold_recording(ask, example)
    hold_import(ask)
    hold_people(ask)
    unasked = {(method, path) for method, path, operation in operations(api) if "live" not in operation["tags"]}
    unasked -= answers.asked
    return answers.wrong + [f"never asked: {it}" for it in sorted(unasked)] + answers.never_seen()


def hold_reports(ask, of: str, years: list[str]) -> None:
    for name in ("due", "targets", "redeployment", "challenges"):
        ask(200, "GET", f"{of}/reports/{name}", "board")
    for year in years:
        for name in ("due", "targets", "redeployment", "challenges", "failed-costs", "shares"):
            ask(200, "GET", f"{of}/reports/{name}?year={year}", "board")
        for by in ("function", "service", "source", "label:directorate"):
            ask(200, "GET", f"{of}/reports/breakdown?year={year}&by={by}", "board")
    ask(400, "GET", f"{of}/reports/breakdown?year=2010-11", "board")
    ask(404, "GET", f"{of}/reports/none", "board")


def hold_statements(ask, of: str) -> None:
    issued = ask(200, "GET", f"{of}/statements", "auditor").json()
    for it in issued:
        statement = it["statement"]
        year, series, number = statement["year"].replace("/", "-"), statement["series"], statement["number"]
        path = f"{of}/statements/{year}/{series}"
        ask(200, "GET", f"{path}/{number}", "auditor")
        ask(200, "GET", f"{path}/latest/compare?basis=claimed", "auditor")
        ask(200, "GET", f"{path}/{number}/bundle", "auditor")
    ask(404, "GET", f"{of}/statements/2030-31/actual/1", "auditor")


def hold_recording(ask, example: str) -> None:
    path = f"{example}/commands"
    note = {"type": "set-target", "year": "2010/11", "amount": "5.00", "command_id": "target-1", "note": "Agreed"}
    first = ask(201, "POST", path, "signatory", note)
    again = ask(201, "POST", path, "signatory", note)
    if (again.headers["Idempotent-Replayed"], again.body) != ("true", first.body):
        raise AssertionError("a repeat is not answered as the first time")
    ask(412, "POST", path, "signatory", {**note, "command_id": "target-2"}, If_Match='"1"')
    ask(422, "POST", path, "signatory", {**note, "command_id": "target-3", "amount": "-1"})
    ask(422, "POST", path, "signatory", [{"type": "set-target", "year": "2010/11", "amount": 5}] * 2)
    ask(400, "POST", path, "signatory", b"{", Content_Type="application/json")
    ask(413, "POST", path, "signatory", {**note, "note": "x" * 40_000})
    ask(415, "POST", path, "signatory", b"{}", Content_Type="text/plain")
    ask(403, "POST", path, "auditor", note)


def hold_import(ask) -> None:
    org = "/api/v1/organisations/E08000006"
    ask(201, "POST", f"{org}/commands", "administrator",
        {"type": "register-organisation", "name": "Salford", "kind": "city", "sector": "local-government"})
    path, sheet = f"{org}/import", (SAMPLES / "salford-2010.csv").read_bytes()
    csv = {"Content_Type": "text/csv"}
    ask(200, "POST", f"{path}?dry_run=true", "recorder", sheet, **csv)
    ask(422, "POST", f"{path}?control_total=1", "recorder", sheet, **csv)
    ask(201, "POST", path, "recorder", sheet, **csv)
    ask(422, "POST", path, "recorder", sheet, **csv)
    ask(200, "POST", f"{path}?dry_run=true&reason=Again", "recorder", sheet, **csv)
    wrong = b"claim,title,action,impact_from,2010/11,2010/11\nA,B,reduce-inputs,soon,1,2\n"
    ask(422, "POST", path, "recorder", wrong, **csv)
    ask(403, "POST", path, "board", sheet, **csv)
    ask(415, "POST", path, "recorder", sheet, Content_Type="application/pdf")


def hold_people(ask) -> None:
    until = "2090-01-01T00:00:00.000Z"
    administrator = "administrator"
    system = "/api/v1/system/commands"
    person = {"org": "_SYSTEM", "person": "g.example"}
    ask(201, "POST", system, administrator, {**person, "type": "enrol-person", "account": "person"})
    grant = {**person, "type": "grant-role", "role": "board", "of": ORG, "until": until}
    ask(201, "POST", system, administrator, grant)
    ask(422, "POST", system, administrator, grant)
    path = "/api/v1/people/g.example"
    password = "four bare trees over the weir"
    ask(204, "PUT", path, administrator, {"name": "A name", "password": password})
    ask(422, "PUT", path, administrator, {"password": "short"})
    ask(403, "PUT", path, "recorder", {"name": "A name"})
    ask(200, "GET", "/api/v1/people", administrator)
    session = ask(204, "POST", "/api/v1/session", "nobody", {"person": "g.example", "password": password})
    cookie = session.headers["Set-Cookie"].split(";")[0]
    ask(200, "GET", "/api/v1/session", "nobody", Cookie=cookie)
    ask(401, "POST", "/api/v1/session", "nobody", {"person": "g.example", "password": "another"})
    token = {"token": "board-feed", "person": "g.example", "of": ORG, "roles": ["board"], "until": until}
    ask(201, "POST", "/api/v1/tokens", administrator, token)
    ask(422, "POST", "/api/v1/tokens", administrator, token)
    ask(200, "GET", "/api/v1/tokens", administrator)
    ask(403, "GET", "/api/v1/tokens", "auditor")
    ask(200, "GET", "/api/v1/system/events?limit=1000", administrator)
    ask(204, "DELETE", path, administrator)
    ask(404, "DELETE", "/api/v1/people/nobody.known", administrator)
