"""A guest book: a POST adds a line to a file on the disk, and every answer is the whole book."""

import base64
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import humanize

BOOK = Path(os.environ["MOUNT_PATH"]) / "guests.txt"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one request to the function's URL."""
    if event["requestContext"]["http"]["method"] == "POST":
        body = event.get("body") or ""
        name = base64.b64decode(body).decode() if event["isBase64Encoded"] else body
        with BOOK.open("a") as book:
            book.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {' '.join(name.split())}\n")
    lines = BOOK.read_text() if BOOK.exists() else ""
    guests = humanize.apnumber(lines.count("\n"))
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "text/plain; charset=utf-8"},
        "body": f"{lines}{guests} so far\n",
    }
