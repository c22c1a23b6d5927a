"""Whether the description is a valid OpenAPI 3.1 document that says what it should."""

import re

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}

# Bodies that are no JSON: text and files.
UNSTRUCTURED = re.compile(r"text/|application/(x-tar|x-ndjson|octet-stream|vnd\.)")


def operations(api: dict):
    """Each operation with its method and path."""
    for path, item in api["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path, operation


def resolved(api: dict, schema: dict) -> dict:
    """The schema that a reference names."""
    while "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def says_something(api: dict, schema: dict) -> bool:
    """Whether a schema lets through less than any JSON."""
    schema = resolved(api, schema)
    return bool(schema.keys() & {"type", "oneOf", "anyOf", "allOf", "enum", "const"})


def schemas(node, place: str):
    """Every schema object in a schema, with its place."""
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from schemas(item, f"{place}/{at}")
    elif isinstance(node, dict):
        yield place, node
        for key in ("items", "additionalProperties", "propertyNames"):
            yield from schemas(node.get(key), f"{place}/{key}")
        for key in ("oneOf", "anyOf", "allOf"):
            yield from schemas(node.get(key), f"{place}/{key}")
        for name, property_ in node.get("properties", {}).items():
            yield from schemas(property_, f"{place}/properties/{name}")


def lint(api: dict) -> list[str]:
    """Everything that is wrong with a description."""
    wrong = [f"not OpenAPI 3.1: {error.message}" for error in OpenAPIV31SpecValidator(api).iter_errors()]
    if wrong:
        return wrong
    tags = {tag["name"] for tag in api["tags"]}
    ids = set()
    for method, path, operation in operations(api):
        place = f"{method} {path}"
        wrong += [f"{place} has no {key}" for key in ("summary", "security", "operationId") if key not in operation]
        if len(operation.get("tags", [])) != 1 or not set(operation["tags"]) <= tags:
            wrong.append(f"{place} needs one of the tags that the document describes")
        if operation.get("operationId") in ids:
            wrong.append(f"{place} has the operationId of another")
        ids.add(operation.get("operationId"))
        wrong += [f"{place}: {what}" for what in lint_parameters(api, path, operation)]
        wrong += [f"{place}: {what}" for what in lint_bodies(api, operation)]
    for name, schema in api["components"]["schemas"].items():
        wrong += lint_schema(api, name, schema)
    return wrong + unused(api)


def lint_parameters(api: dict, path: str, operation: dict):
    in_path = set(re.findall(r"{(\w+)}", path))
    described = {it["name"] for it in operation.get("parameters", []) if it["in"] == "path"}
    if in_path != described:
        yield f"the path has {in_path}, described are {described}"
    for parameter in operation.get("parameters", []):
        name, schema = parameter["name"], resolved(api, parameter["schema"])
        if not parameter.get("description"):
            yield f"the parameter {name} is not described"
        if parameter["in"] == "path" and not schema.keys() & {"pattern", "enum", "format"} and name != "provider":
            yield f"the parameter {name} says nothing of its form"
        for example in schema.get("examples", []):
            if not Draft202012Validator(with_components(api, schema)).is_valid(example):
                yield f"the example {example!r} of {name} is none"


def lint_bodies(api: dict, operation: dict):
    bodies = [("request", operation.get("requestBody", {}))]
    bodies += operation["responses"].items()
    for status, body in bodies:
        if status != "request" and not body.get("description"):
            yield f"the answer {status} is not described"
        for kind, content in body.get("content", {}).items():
            if not UNSTRUCTURED.match(kind) and not says_something(api, content.get("schema", {})):
                yield f"{status} {kind} has no schema"
    if not {"400", "500"} <= operation["responses"].keys() and operation.get("security") != [{}]:
        yield "does not say how it fails"


def lint_schema(api: dict, name: str, schema: dict):
    wrong = []
    for place, part in schemas(schema, name):
        if "$ref" not in part and not says_something(api, part):
            wrong.append(f"{place} lets anything through")
        for example in part.get("examples", []):
            for error in Draft202012Validator(with_components(api, part)).iter_errors(example):
                wrong.append(f"an example of {place} is none: {error.message}")
    if "description" not in schema and "oneOf" not in schema and schema.get("type") != "array":
        wrong.append(f"{name} is not described")
    return wrong


def with_components(api: dict, schema: dict) -> dict:
    """A schema that can be used by itself."""
    return {**schema, "components": api["components"]}


def unused(api: dict) -> list[str]:
    """Schemas that nothing refers to."""
    named = set()

    def walk(node):
        if isinstance(node, dict):
            if isinstance(reference := node.get("$ref"), str):
                named.add(reference.rsplit("/", 1)[1])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(api)
    return [f"nothing refers to the schema {name}" for name in api["components"]["schemas"] if name not in named]
