"""Locks hold programs of one session apart, as office programs and Finder want them."""

from xml.etree import ElementTree

import pytest

from tests.service.webdav.conftest import Mount, Told

EXCLUSIVE = (
    b'<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype>'
    b"<owner>an office</owner></lockinfo>"
)


def lock(mount: Mount, name: str, depth: str = "0") -> str:
    """Lock a name, and return the token."""
    told = mount("LOCK", name, EXCLUSIVE, Depth=depth, Timeout="Second-600")
    assert told.status in {200, 201}
    return told.headers["Lock-Token"]


@pytest.mark.parametrize("body", [b"new", b""])
def test_who_has_the_token_writes_and_nobody_else(mount: Mount, body: bytes) -> None:
    mount["d/a"] = b"before"
    token = lock(mount, "d/a")
    (mount.folder / "d" / "b").write_bytes(b"")
    for verb, name, headers in (
        ("PUT", "d/a", {}),
        ("DELETE", "d/a", {}),
        ("DELETE", "d", {}),
        ("MOVE", "d/a", {"Destination": mount.url("x")}),
        ("MOVE", "d", {"Destination": mount.url("x")}),
        ("MOVE", "d/b", {"Destination": mount.url("d/a")}),
        ("COPY", "d/b", {"Destination": mount.url("d/a")}),
        ("PROPPATCH", "d/a", {}),
        ("LOCK", "d/a", {}),
    ):
        told = mount(verb, name, EXCLUSIVE if verb == "LOCK" else b"", **headers)
        assert told.status == 423, verb
        assert "/d/a" in told.text
    assert mount["d/a"] == b"before"
    assert mount("PUT", "d/a", body, If=f"({token})").status == 204
    assert mount("PUT", "d/a", body, If=f"<{mount.url('d/a')}> ({token})").status == 204
    assert mount("UNLOCK", "d/a", Lock_Token=token).status == 204
    assert (mount("PUT", "d/a", b"other").status, mount["d/a"]) == (204, b"other")


def test_a_lock_of_a_new_name_makes_an_empty_file(mount: Mount) -> None:
    token = lock(mount, "new ü")
    assert mount["new ü"] == b""
    assert mount("PUT", "new ü", b"content", If=f"({token})").status == 204
    assert mount["new ü"] == b"content"


def test_a_lock_of_a_directory_keeps_others_from_all_that_is_in_it(mount: Mount) -> None:
    (mount.folder / "d").mkdir()
    token = lock(mount, "d", depth="infinity")
    for verb in ("PUT", "MKCOL", "LOCK"):
        told = mount(verb, "d/new", EXCLUSIVE if verb == "LOCK" else b"")
        assert (told.status, mount.names) == (423, ["d"]), verb
    assert mount("PUT", "d/new", b"x", If=f"<{mount.url('d')}> ({token})").status == 201


def test_a_file_that_is_gone_has_no_lock(mount: Mount) -> None:
    mount["a"] = b""
    token = lock(mount, "a")
    assert mount("DELETE", "a", If=f"({token})").status == 204
    assert mount("PUT", "a", b"x").status == 201


def test_a_listing_shows_who_holds_a_lock(mount: Mount) -> None:
    mount["d/a"] = b""
    mount["d/b"] = b""
    token = lock(mount, "d/a")
    mount.asked.clear()
    told = mount("PROPFIND", "d", Depth="1")
    assert mount.asked == ["GET /files/d/"]
    assert _tokens(told) == [token.strip("<>")]


def _tokens(told: Told) -> list[str | None]:
    document = ElementTree.fromstring(told.body)
    return [each.text for each in document.findall(".//{DAV:}locktoken/{DAV:}href")]
