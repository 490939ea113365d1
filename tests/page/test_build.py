"""The page that is committed: made of its sources, small, and of this drive alone."""

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
BUILT = PROJECT / "lambda_src/files/page"
COMPRESSED_BYTES = 60 * 1024
# They name a language in a document, and nothing is fetched from there.
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml")


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def test_what_is_committed_is_what_the_sources_make(tmp_path: Path) -> None:
    """By the locked bundler, which `.venv/.page` sets up; tus.js is the file of its package."""
    made = tmp_path / "made"
    subprocess.run(
        [
            *(PROJECT / ".venv/bin/node", PROJECT / "page/build.mjs"),
            *(PROJECT / ".venv/page", made),
        ],
        check=True,
        cwd=tmp_path,
    )
    assert contents(made) == contents(BUILT), "run: make page"
    packaged = PROJECT / ".venv/page/node_modules/tus-js-client/dist/tus.min.js"
    assert (BUILT / "tus.js").read_bytes() == packaged.read_bytes()


def test_the_whole_page_has_60_kb_compressed() -> None:
    """By Brotli, as browsers get it over TLS and from this machine."""
    sizes = {each.name: each.stat().st_size for each in BUILT.glob("*.br")}
    assert len(sizes) == 5
    assert sum(sizes.values()) <= COMPRESSED_BYTES, sizes


class _Elements(HTMLParser):
    """Every start tag of a document with its attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self._within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in {"script", "style"} and data.strip():
            self.inline.append(data)


def test_nothing_runs_that_stands_in_the_document() -> None:
    elements = _Elements((BUILT / "index.html").read_text("utf-8"))
    assert not elements.inline
    names = {name for _, attributes in elements.found for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"style", "srcdoc"}]
    scripts = [attributes for tag, attributes in elements.found if tag == "script"]
    assert scripts
    assert all(attributes.get("src") for attributes in scripts)
    assert "base" not in {tag for tag, _ in elements.found}


@pytest.mark.parametrize("name", ["index.html", "page.css", "page.js", "tus.js", "worker.js"])
def test_the_page_asks_its_own_drive_alone(name: str) -> None:
    """It may stand below any path, so it has no absolute one either."""
    text = (BUILT / name).read_text("utf-8")
    for namespace in NAMESPACES:
        text = text.replace(f'"{namespace}"', "").replace(f"'{namespace}'", "")
    assert not re.findall(r"(?i)\b(?:https?|wss?|ftp):/+[\w.]+", text)
    assert not re.findall(r"(?i)[\"'`(=]//\w[\w.-]+\.\w+", text)
    assert not re.findall(r"(?i)@import|\burl\(\s*[\"']?/", text)
    assert not re.findall(r"[\"'`]/(?:files|uploads|health|trash|page|openapi)\b", text)
    if name == "index.html":
        addresses = [
            value or ""
            for _, attributes in _Elements(text).found
            for key, value in attributes.items()
            if key in {"src", "href", "action", "formaction", "data", "poster"}
        ]
        assert [each for each in addresses if each.startswith("page/")]
        assert not [each for each in addresses if not re.match("page/|files/|data:|#", each)]


def test_each_address_of_the_page_has_the_digest_of_what_is_there() -> None:
    """So that a browser may keep it for ever."""
    index = (BUILT / "index.html").read_text("utf-8")
    assert len(re.findall(r'"page/page\.(?:js|css)\?v=[0-9a-f]{16}"', index)) == 2
    assert not re.findall(r'"page/page\.(?:js|css)"', index)
