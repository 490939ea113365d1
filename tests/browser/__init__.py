"""The browser in which pages are tested: the machine's, else npm's.

`python -m tests.browser` says which it is.
"""

import platform
import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PLACE = PROJECT / ".venv" / "browser"
# npm's has the libraries that it needs with it, for this kind of machine.
PACKAGED = PLACE / "node_modules" / "@sparticuz" / "chromium"
_PROGRAMS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def of_this_machine() -> str | None:
    """Return the path of the machine's own browser."""
    found = (shutil.which(name) for name in (*_PROGRAMS, _MAC))
    return next((each for each in found if each), None)


def browser() -> str | None:
    """Return which browser to take: a path, `@sparticuz/chromium`, or none."""
    fits = sys.platform == "linux" and platform.machine() == "x86_64"
    packaged = "@sparticuz/chromium" if fits and PACKAGED.is_dir() else None
    return of_this_machine() or packaged


MISSING = (
    "no browser, so no page is tested in one; install Chromium or Chrome (Debian:"
    " apt-get install chromium), or on Linux with x86_64: rm .venv/.browser, then make test"
)
