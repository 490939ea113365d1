"""The OpenAPI document of the service, made from the declarations of its routes."""

from typing import get_args

from drive import digests
from drive.trash import Act
from files.page_routes import ASSETS
from files.web import PROBLEM_TYPE, PROBLEMS, Operation, Success, problem_headers

VERSION = "1.0.0"

Json = dict[str, object]

_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "integer", "minimum": 0}
_NUMBER_OR_NULL: Json = {"type": ["integer", "null"], "minimum": 0}
_NAME: Json = {
    "type": "string",
    "minLength": 1,
    "description": "Segments separated by single slashes, none of them '.' or '..'",
}
_TAG = r'(W/)?"[!#-~]*"'
_TAGS = rf"^(\*|({_TAG})?( *, *({_TAG})?)*)$"
_BASE64 = r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"


def _text(pattern: str, *examples: str) -> Json:
    return {"type": "string", "pattern": pattern, "examples": list(examples)}


# The schema of each parameter, by its location.
PARAMETERS: dict[str, dict[str, Json]] = {
    "path": {
        "path": _NAME,
        "directory": _NAME,
        "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "asset": {"type": "string", "enum": list(ASSETS)},
        "version": {"type": "string", "pattern": "^[0-9a-f]{24}-[a-z]+(-[A-Za-z0-9_=.~-]+)?$"},
    },
    "query": {
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000},
        "cursor": {"type": "string", "description": "The `cursor` of the page before"},
        "v": {
            "type": "string",
            "description": "A digest of the content, with which the answer may be kept for ever",
        },
    },
    "header": {
        "Range": {"type": "string", "examples": ["bytes=0-1023", "bytes=-100"]},
        "If-Range": _TEXT,
        "If-Match": _text(_TAGS, '"1f-3-17d0"', "*"),
        "If-None-Match": _text(_TAGS, "*"),
        "If-Modified-Since": _TEXT,
        "If-Unmodified-Since": _TEXT,
        "Want-Content-Digest": {"type": "string", "examples": ["sha-256=1"]},
        "Content-Digest": _text(
            digests.FIELD, "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
        ),
        "Destination": {
            **_text('^/files/[!"$->@-~]+$', "/files/new/name"),
            "description": "The path, or the URL, of the new name",
        },
        "Overwrite": {**_text("^[TtFf]$", "T", "F"), "default": "T"},
        "Tus-Resumable": {"type": "string", "enum": ["1.0.0"]},
        "Upload-Length": _NUMBER,
        "Upload-Offset": _NUMBER,
        "Upload-Metadata": _text(
            rf"^([ -~]*,)? *filename {_BASE64} *(,[ -~]*)?$", "filename ZG9jcy9hLmJpbg=="
        ),
        "Upload-Checksum": _text(
            rf"^(sha256|sha1) +{_BASE64}$", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk="
        ),
    },
}
_REQUIRED = {
    *(*PARAMETERS["path"], "Destination", "Tus-Resumable"),
    *("Upload-Length", "Upload-Offset", "Upload-Metadata"),
}
_SCHEMES: dict[str, Json] = {
    "sigv4": {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "token": {"type": "http", "scheme": "bearer"},
}
_CALLS = {
    "sigv4": "Calls are signed with AWS Signature Version 4 for the service `lambda`.",
    "token": "The URL is public, and calls carry the drive's token: Authorization: Bearer.",
}
# A creation's body is its first part; every other body must be there.
_OPTIONAL_BODIES = {"create_upload"}


def document(operations: list[Operation], *, bearer: bool) -> Json:
    """Return the OpenAPI 3.1 document of the operations, called with a token or signed."""
    paths: dict[str, dict[str, Json]] = {}
    for operation in operations:
        told = _operation(_behind_token(operation) if bearer else operation)
        if bearer and _is_open(operation):
            told["security"] = []
        paths.setdefault(operation.path, {})[operation.method.lower()] = told
    scheme = "token" if bearer else "sigv4"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lambda Drive",
            "version": VERSION,
            "description": f"Files on a disk behind a function URL. {_CALLS[scheme]} One request"
            " or answer carries about 4.4 MiB; larger files go up by tus and come down in ranges.",
        },
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": {scheme: _SCHEMES[scheme]}},
        "security": [{scheme: []}],
    }


def _behind_token(operation: Operation) -> Operation:
    """Add the problems of the token. Without one, Lambda itself refuses unsigned calls."""
    if _is_open(operation):
        return operation
    return operation._replace(problems=("unauthorized", "not-configured", *operation.problems))


def _is_open(operation: Operation) -> bool:
    return operation.open_to_all or operation.method == "OPTIONS"


def _operation(operation: Operation) -> Json:
    in_path = [part for part in PARAMETERS["path"] if f"{{{part}}}" in operation.path]
    told: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_parameter(name) for name in (*in_path, *operation.parameters)],
        "responses": _responses(operation),
    }
    if operation.body:
        told["requestBody"] = {
            "required": operation.name not in _OPTIONAL_BODIES,
            "content": {operation.body: {}},
        }
    return told


def _parameter(said: str) -> Json:
    """Describe `Name`, or `Name?` that may be left out, or `Name=value` with another default."""
    name = parameter_name(said)
    [(where, schema)] = [(w, known[name]) for w, known in PARAMETERS.items() if name in known]
    default = said.partition("=")[2]
    return {
        "name": name,
        "in": where,
        "required": name in _REQUIRED and not said.endswith("?"),
        "schema": {**schema, "default": default} if default else schema,
    }


def parameter_name(said: str) -> str:
    """Return the name of a parameter that an operation declares."""
    return said.partition("=")[0].removesuffix("?")


def _responses(operation: Operation) -> dict[str, Json]:
    responses = {str(status): _answer(answer) for status, answer in operation.answers.items()}
    kinds: dict[int, list[str]] = {}
    for kind in dict.fromkeys(operation.problems):
        kinds.setdefault(PROBLEMS[kind][0], []).append(kind)
    for status, names in sorted(kinds.items()):
        told: Json = {"description": "; ".join(PROBLEMS[name][1] for name in names)}
        headers = {header for name in names for header in problem_headers(name)}
        if headers:
            told["headers"] = {header: {"schema": _TEXT} for header in sorted(headers)}
        if operation.method != "HEAD":
            told["content"] = {"application/problem+json": {"schema": _problem(names)}}
        responses[str(status)] = told
    return responses


def _answer(answer: Success) -> Json:
    told: Json = {"description": answer.description}
    if answer.media:
        schema = {"schema": {"$ref": f"#/components/schemas/{answer.schema}"}}
        told["content"] = {answer.media: schema if answer.schema else {}}
    if answer.headers:
        told["headers"] = {name: {"schema": _TEXT} for name in answer.headers}
    return told


def _problem(kinds: list[str]) -> Json:
    only: Json = {"properties": {"type": {"enum": [f"{PROBLEM_TYPE}{kind}" for kind in kinds]}}}
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, only]}


def _object(properties: dict[str, Json], description: str) -> Json:
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "properties": properties,
    }


def _schemas() -> dict[str, Json]:
    entry = _object(
        {
            "name": _TEXT,
            "kind": {"enum": ["file", "directory"]},
            "size": _NUMBER,
            "modified": {"type": "string", "format": "date-time"},
            "etag": {"type": ["string", "null"]},
        },
        "A file or directory; only files have a size and an entity tag",
    )
    status: Json = {"enum": sorted({int(status) for status, _ in PROBLEMS.values()})}
    return {
        "Entry": entry,
        "Page": _object(
            {
                "entries": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
                "cursor": {"type": ["string", "null"]},
            },
            "Entries in the order of their names, and the cursor of the next page if there is one",
        ),
        "Version": _object(
            {
                "id": _TEXT,
                "path": _TEXT,
                "act": {"enum": list(get_args(Act))},
                "trashed": {"type": "string", "format": "date-time"},
                "expires": {"type": "string", "format": "date-time"},
                "size": _NUMBER,
                "modified": {"type": "string", "format": "date-time"},
                "etag": _TEXT,
            },
            "A version of the file at `path`, when and by which act it got into the trash, and the"
            " time after which the janitor removes it",
        ),
        "TrashPage": _object(
            {
                "versions": {"type": "array", "items": {"$ref": "#/components/schemas/Version"}},
                "cursor": {"type": ["string", "null"]},
            },
            "Versions, the newest in the trash first, and the cursor of the next page, if any",
        ),
        "FilesWritten": _object(
            {"files": {"type": "array", "items": {"$ref": "#/components/schemas/FileWritten"}}},
            "The files in the order of the request",
        ),
        "FileWritten": {
            "type": "object",
            "description": "The entity tag of the new file, or the problem because of which nothing"
            " was written",
            "required": ["path", "status"],
            "properties": {
                "path": _TEXT,
                "status": {"type": "integer"},
                "etag": _TEXT,
                "problem": {"$ref": "#/components/schemas/Problem"},
            },
            "oneOf": [{"required": ["etag"]}, {"required": ["problem"]}],
        },
        "Problem": _object(
            {"type": _TEXT, "title": _TEXT, "status": status, "detail": _TEXT},
            "A problem as RFC 9457 has it; `type` is stable, `detail` is for people",
        ),
        "Health": _object(
            {
                "status": {"enum": ["pass", "fail"]},
                "mount": _TEXT,
                "access": {"enum": ["read-write", "read-only"]},
                "maintenance": {"type": "boolean"},
                "trash_days": _NUMBER,
                "used_bytes": _NUMBER_OR_NULL,
                "max_drive_bytes": _NUMBER_OR_NULL,
                "max_file_bytes": _NUMBER_OR_NULL,
            },
            "Whether the disk answers, how full it is if it does, and its limits; null: none",
        ),
        "OpenApi": {"type": "object", "required": ["openapi", "paths"]},
    }
