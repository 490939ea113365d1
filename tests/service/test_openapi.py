"""The OpenAPI document says what the service does, and nothing else."""

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.patience import PATIENCE_SECONDS
from tests.service.contract import hold
from tests.service.served import serve
from tests.url import Url

PATHS = {
    "path": "a/b.txt",
    "directory": "a",
    "id": "0" * 32,
    "version": f"{'0' * 24}-put-a",
    "asset": "page.js",
}


@pytest.fixture
def document(url: Url) -> Any:  # noqa: ANN401 - it is JSON
    answer = url("GET", "/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    return answer.json


def test_the_document_is_openapi(document: Any) -> None:  # noqa: ANN401
    assert document["openapi"] == "3.1.0"
    OPENAPI_31_VALIDATOR.validate(document)


def test_every_route_is_told_and_everything_told_is_routed(
    url: Url,
    document: Any,  # noqa: ANN401
) -> None:
    told = {
        (method.upper(), path.format_map(PATHS))
        for path, operations in document["paths"].items()
        for method in operations
    }
    routes = [(route.method, route.rule) for route in url.module.app._static_routes]
    routes += [(route.method, route.rule) for route in url.module.app._dynamic_routes]
    assert len(routes) == len(told)
    for method, rule in routes:
        assert [path for at, path in told if at == method and rule.match(path)], rule.pattern
    for method, path in told:
        answer = url(method, path)
        assert answer.status != 405, (method, path)
        if answer.status >= 400 and method != "HEAD":
            assert answer.problem != "no-route", (method, path)


def test_every_problem_is_told_somewhere_and_has_a_kind(url: Url, document: Any) -> None:  # noqa: ANN401
    web = url.module.web
    told = {
        kind.removeprefix(web.PROBLEM_TYPE)
        for operations in document["paths"].values()
        for operation in operations.values()
        for response in operation["responses"].values()
        for content in response.get("content", {}).values()
        for part in content.get("schema", {}).get("allOf", [])
        for kind in part.get("properties", {}).get("type", {}).get("enum", [])
    }
    # What no operation answers: the address or the method is none of the document's.
    # Nor, where calls are signed, that one came without a token (test_bearer.py).
    assert told == set(web.PROBLEMS) - {"no-route", "method-not-allowed", "unauthorized"}
    assert set(web.KIND_OF_ERROR.values()) <= told


def test_every_error_of_the_drive_has_a_kind_of_problem(url: Url) -> None:
    base = url.module.errors.DriveError
    known = url.module.web.KIND_OF_ERROR
    assert set(_below(base)) == set(known)


def test_every_example_is_one(document: Any) -> None:  # noqa: ANN401
    examples = [
        (parameter["schema"], example)
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation["parameters"]
        for example in parameter["schema"].get("examples", [])
    ]
    assert examples
    for schema, example in examples:
        assert jsonschema_rs.is_valid(schema, example), (schema, example)


@pytest.mark.parametrize("examples", [2, pytest.param(10, marks=pytest.mark.weekly)])
def test_the_service_does_what_the_document_says(tmp_path: Path, examples: int) -> None:
    """Hundreds of requests that the document allows and forbids, held to it by Schemathesis."""
    drive = tmp_path / "drive"
    drive.mkdir()
    with serve(
        drive, MAX_FILE_BYTES="1000000", MAX_DRIVE_BYTES="1000000000", TRASH_DAYS="7"
    ) as url:
        for name in ("there/file", "kept/file", "gone"):
            assert requests.put(f"{url}/files/{name}", b"0123456789", timeout=PATIENCE_SECONDS).ok
        assert requests.delete(f"{url}/files/gone", timeout=PATIENCE_SECONDS).ok
        listed = requests.get(f"{url}/trash/", timeout=PATIENCE_SECONDS).json()
        [version] = [each["id"] for each in listed["versions"]]
        begun = requests.post(
            f"{url}/uploads",
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Length": "100",
                "Upload-Metadata": f"filename {base64.b64encode(b'uploaded').decode()}",
            },
            timeout=PATIENCE_SECONDS,
        )
        upload = begun.headers["Location"].rpartition("/")[2]
        number = hold(
            url,
            tmp_path,
            path="there/file",
            directory="kept",
            upload=upload,
            version=version,
            examples=examples,
        )
        assert number > 500
        lines = [json.loads(line) for line in url.log.splitlines() if '"request"' in line]
    assert len(lines) > number
    assert not [line for line in lines if line["status"] >= 500]
    # The requests did get to the drive.
    done = {(line["method"], line["status"]) for line in lines}
    assert {("GET", 200), ("GET", 304), ("PUT", 201), ("PUT", 204), ("DELETE", 204)} <= done
    assert {("POST", 201), ("PATCH", 204), ("HEAD", 200)} <= done


def _below(base: type[Exception]) -> list[type[Exception]]:
    found = base.__subclasses__()
    return found + [deeper for error in found for deeper in _below(error)]
