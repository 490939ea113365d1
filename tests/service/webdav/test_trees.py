"""Programs that speak WebDAV make, copy, move and remove files and directories."""

import json
from urllib.parse import quote

import pytest

from tests.service.served import Answer, Event
from tests.service.shell import LARGE, Invoke, method
from tests.service.webdav.conftest import Mount, Mounting

TREE = {"d/a": b"a", "d/b?;#%20 ü": b"b", "d/e/f/g": b"g"}


def fill(mount: Mount) -> None:
    for name, content in TREE.items():
        mount[name] = content
    (mount.folder / "d" / "empty").mkdir()


def under(top: str) -> list[str]:
    """The names of the tree, below another top."""
    names = {"d", "d/e", "d/e/f", "d/empty", *TREE}
    return sorted(f"{top}{name[1:]}" for name in names)


def test_a_directory_is_made_once_and_never_its_parents(mount: Mount) -> None:
    assert mount("MKCOL", "d ü").status == 201
    assert mount("MKCOL", "d ü").status == 405
    assert mount("MKCOL", "no/d").status == 409
    assert mount("MKCOL", "x", b"<body/>").status == 415
    assert mount("MKCOL", "x", If='(["other"])').status == 412
    assert mount.names == ["d ü"]


def test_a_directory_goes_with_all_that_is_in_it(mount: Mount) -> None:
    fill(mount)
    mount["other"] = b""
    assert mount("DELETE", "d").status == 204
    assert mount.names == ["other"]
    assert mount("DELETE", "d").status == 404
    assert mount("DELETE", "").status == 403


def test_a_directory_that_is_gone_takes_no_file(mount: Mount) -> None:
    for name, verb in (("d", "DELETE"), ("e", "MOVE")):
        assert mount("MKCOL", name).status == 201
        assert mount("PUT", f"{name}/a", b"a").status == 201
        mount(verb, name, Destination=mount.url("to"))
        assert mount("PUT", f"{name}/b", b"b").status == 409
    assert mount.names == ["to", "to/a"]


def test_a_file_moves_by_one_request_of_the_drive(mount: Mount) -> None:
    mount["a"] = b"a"
    mount.asked.clear()
    for name, to in (("a", "x?;#%20 ü"), ("x?;#%20 ü", "(b)"), ("(b)", "a;b")):
        assert mount("MOVE", name, Destination=mount.url(to)).status == 201
        assert mount.names == [to]
    assert [each for each in mount.asked if not each.startswith("HEAD ")] == [
        f"POST /files/{quote(name)}" for name in ("a", "x?;#%20 ü", "(b)")
    ]


@pytest.mark.parametrize("verb", ["MOVE", "COPY"])
def test_a_directory_goes_to_another_place(mount: Mount, verb: str) -> None:
    fill(mount)
    assert mount(verb, "d", Destination=mount.url("to")).status == 201
    assert mount.names == sorted(under("to") + (under("d") if verb == "COPY" else []))
    for name, content in TREE.items():
        assert mount[f"to{name[1:]}"] == content


def test_a_large_file_is_copied(mount: Mount) -> None:
    mount["a"] = LARGE
    assert mount("COPY", "a", Destination=mount.url("b")).status == 201
    assert mount["b"] == LARGE


def test_a_directory_is_copied_without_what_is_in_it(mount: Mount) -> None:
    fill(mount)
    assert mount("COPY", "d", Destination=mount.url("to"), Depth="0").status == 201
    assert mount.names == sorted([*under("d"), "to"])


@pytest.mark.parametrize("verb", ["MOVE", "COPY"])
@pytest.mark.parametrize("there", ["file", "directory"])
@pytest.mark.parametrize("name", ["d", "a"])
def test_what_is_there_is_replaced_only_if_that_is_wanted(
    mount: Mount, verb: str, there: str, name: str
) -> None:
    fill(mount)
    mount["a"] = b"moved"
    mount["to" if there == "file" else "to/old"] = b"old"
    before = mount.names
    told = mount(verb, name, Destination=mount.url("to"), Overwrite="F")
    assert (told.status, mount.names) == (412, before)
    assert mount(verb, name, Destination=mount.url("to")).status == 204
    assert "to/old" not in mount.names
    assert [each for each in mount.names if each.startswith("to")] == (
        ["to"] if name == "a" else under("to")
    )
    assert (name in mount.names) == (verb == "COPY")


@pytest.mark.parametrize("verb", ["MOVE", "COPY"])
def test_a_place_that_cannot_be_is_refused_and_nothing_moves(mount: Mount, verb: str) -> None:
    fill(mount)
    before = mount.names
    for name, to, status in (
        ("d", mount.url("d"), 403),
        ("d", mount.url("d/e/x"), 403),
        ("d/e", mount.url("d"), 403),
        ("d/e", mount.url(""), 403),
        ("", mount.url("x"), 403),
        ("d", mount.url("no/x"), 409),
        ("d", "http://127.0.0.1:1/x", 502),
        ("d", mount.base.replace("//127.0.0.1", "//example.com") + "/x", 502),
        ("d", f"{mount.base}x/y", 502),
        ("d", f"{mount.base}/x?y", 400),
        ("d", f"{mount.base}/x#y", 400),
        ("d", f"{mount.base}/../x", 400),
        ("d", f"{mount.base}/.drive-x", 400),
        ("d", f"{mount.base}/%ff", 400),
        ("d", "", 400),
        ("no", mount.url("x"), 404),
    ):
        told = mount(verb, name, Destination=to)
        assert told.status == status, (name, to, told.text)
        if status == 400:
            assert "{" not in told.text  # it shows what was received
    for headers in ({"Overwrite": "x"}, {"Depth": "1"}):
        assert mount(verb, "d", b"", Destination=mount.url("x"), **headers).status == 400
    assert mount.names == before


def test_what_could_not_be_removed_is_named_and_stays(mounting: Mounting) -> None:
    def through(event: Event, invoke: Invoke) -> Answer:
        if method(event) == "DELETE" and event["rawPath"].endswith("/f/g"):
            problem = {"type": "urn:lambda-drive:busy", "detail": "somebody writes it"}
            headers = {"Content-Type": "application/problem+json"}
            return {"statusCode": 423, "headers": headers, "body": json.dumps(problem)}
        return invoke(event)

    with mounting(through, patience=0) as mount:
        fill(mount)
        told = mount("DELETE", "d")
        assert told.status == 207
        [(name, response)] = told.responses.items()
        assert name.endswith("/d/e/f/g")
        assert response.findtext("{DAV:}status") == "HTTP/1.1 423 Locked"
        assert "somebody writes it" in str(response.findtext("{DAV:}responsedescription"))
        assert mount.names == ["d", "d/e", "d/e/f", "d/e/f/g"]


def test_a_file_that_changed_since_it_was_listed_stays(mounting: Mounting) -> None:
    def through(event: Event, invoke: Invoke) -> Answer:
        if method(event) in {"DELETE", "POST"} and event["rawPath"].endswith("/a"):
            mount["d/a"] = b"new"
        return invoke(event)

    with mounting(through) as mount:
        fill(mount)
        for verb in ("MOVE", "DELETE"):
            told = mount(verb, "d", Destination=mount.url("to"))
            assert told.status == 207
            assert [name.rpartition("/")[2] for name in told.responses] == ["a"]
            assert mount["d/a"] == b"new"
