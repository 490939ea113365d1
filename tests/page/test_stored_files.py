"""Files of strangers in a browser: they are shown, and nothing runs with the page's rights."""

import io
import struct
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.service.served import serve

# It leaves a trace where the page would see it, by each of the ways that its rights give.
SCRIPT = (
    "localStorage.setItem('ran', 1); document.cookie = 'ran=1';"
    " fetch('/files/ran', {method: 'PUT'});"
    " parent.document.title = 'ran'; opener.document.title = 'ran'"
)
XHTML = "http://www.w3.org/1999/xhtml"
HOSTILE = {
    "a.html": f'<script>{SCRIPT}</script><img src=x onerror="{SCRIPT}"><p>shown',
    "a.xhtml": f'<html xmlns="{XHTML}"><body><script>{SCRIPT}</script><p>shown</p></body></html>',
    "a.xml": f'<a><script xmlns="{XHTML}">{SCRIPT}</script>shown</a>',
    "a.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SCRIPT}"><script>{SCRIPT}</script>'
    "<text>shown</text></svg>",
    "a.mml": f'<math xmlns="http://www.w3.org/1998/Math/MathML"><script xmlns="{XHTML}">{SCRIPT}'
    "</script><mi>shown</mi></math>",
    "styled.xml": '<?xml-stylesheet type="text/xsl" href="a.xsl"?><a>shown</a>',
    "a.xsl": '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    f'<xsl:template match="/"><html><script>{SCRIPT}</script></html></xsl:template>'
    "</xsl:stylesheet>",
    "a.txt": f"<script>{SCRIPT}</script>shown",
    "a": f"<html><script>{SCRIPT}</script>shown</html>",
}
OPENED = [name for name in HOSTILE if name not in {"a.xsl", "a"}]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    drive = tmp_path_factory.mktemp("drive")
    for name, content in HOSTILE.items():
        (drive / name).write_text(content)
    (drive / "a.js").write_text("window.ran = true")
    (drive / "a.png").write_bytes(picture())
    (drive / "a.wav").write_bytes(sound())
    with serve(drive) as found:
        yield found


def picture() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def sound() -> bytes:
    """A second of silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(8000))
    return made.getvalue()


def rights_used(page: Page, url: str) -> list[str]:
    """What a script would have done with the rights of the page, which is open."""
    left = page.evaluate("[document.title, document.cookie, ...Object.keys(localStorage)].join()")
    there = page.request.get(f"{url}/files/ran").status != 404
    return [*(["text"] if "ran" in left else []), *(["request"] if there else [])]


def test_nothing_of_a_strangers_file_runs_in_a_frame_of_the_page(
    chromium: Browser, url: str
) -> None:
    page = chromium.new_page()
    page.goto(f"{url}/")
    for name in OPENED:
        page.evaluate(
            """name => new Promise(done => {
                const frame = document.createElement("iframe");
                frame.onload = done;
                frame.src = `files/${name}`;
                document.body.append(frame);
            })""",
            name,
        )
        frame = page.frames[-1]
        if name != "styled.xml":  # whose style sheet is refused, and with it the whole
            assert "shown" in frame.evaluate("document.documentElement.textContent"), name
        assert frame.evaluate("origin") == "null", name
        assert not rights_used(page, url), name
    page.close()


def test_nothing_of_a_strangers_file_runs_when_it_is_opened(chromium: Browser, url: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{url}/")
    for name in OPENED:
        with page.expect_popup() as opened:
            page.evaluate("name => { open(`files/${name}`); }", name)
        opened.value.wait_for_load_state()
        assert opened.value.evaluate("origin") == "null", name
        assert not rights_used(page, url), name
        opened.value.close()
    context.close()


def test_a_strangers_script_is_no_part_of_the_page(chromium: Browser, url: str) -> None:
    page = chromium.new_page()
    page.goto(f"{url}/")
    loaded = page.evaluate(
        """() => new Promise(done => {
            const script = document.createElement("script");
            script.onload = () => done("loaded");
            script.onerror = () => done("refused");
            script.src = "files/a.js";
            document.head.append(script);
        })"""
    )
    assert loaded == "refused"
    outcome = "then(() => 'ran', error => error.name)"
    assert page.evaluate(f"import(new URL('files/a.js', location)).{outcome}") == "TypeError"
    worker = f"navigator.serviceWorker.register('files/a.js').{outcome}"
    assert page.evaluate(worker) == "TypeError"
    assert page.evaluate("window.ran") is None
    page.close()


@pytest.mark.parametrize(
    ("name", "element", "event"),
    [
        *(("a.png", "img", "load"), ("a.svg", "img", "load")),
        *(("a.wav", "audio", "canplaythrough"), ("a.wav", "video", "canplaythrough")),
    ],
)
def test_the_page_shows_pictures_and_plays_sounds(
    page: Page, url: str, name: str, element: str, event: str
) -> None:
    page.goto(f"{url}/")
    assert page.evaluate(
        """([name, element, event]) => new Promise(done => {
            const made = document.createElement(element);
            made.addEventListener(event, () => done(true));
            made.addEventListener("error", () => done(false));
            made.src = `files/${name}`;
            document.body.append(made);
        })""",
        [name, element, event],
    )


def test_a_sound_and_a_picture_that_are_opened_by_themselves_are_there(
    page: Page, url: str
) -> None:
    page.goto(f"{url}/files/a.wav")
    page.wait_for_function("document.querySelector('video').readyState === 4")
    page.goto(f"{url}/files/a.png")
    page.wait_for_function("document.querySelector('img').naturalWidth === 1")


def test_a_page_of_another_origin_frames_no_file_and_shows_no_picture(
    chromium: Browser, url: str, tmp_path: Path
) -> None:
    hostile = {
        "statusCode": 200,
        "headers": {"Content-Type": "text/html"},
        "body": "<p>elsewhere",
        "isBase64Encoded": False,
    }
    # At another port, so of another origin.
    with serve(tmp_path, through=lambda event, invoke: hostile) as other:
        page = chromium.new_page()
        page.goto(f"{other}/")
        shown = page.evaluate(
            """source => new Promise(done => {
                const picture = new Image();
                picture.onload = () => done(true);
                picture.onerror = () => done(false);
                picture.src = source;
            })""",
            f"{url}/files/a.png",
        )
        assert not shown
        page.evaluate(
            """source => new Promise(done => {
                const frame = document.createElement("iframe");
                frame.onload = done;
                frame.src = source;
                document.body.append(frame);
            })""",
            f"{url}/files/a.txt",
        )
        assert "shown" not in page.frames[-1].content()
        page.close()
