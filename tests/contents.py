"""Files of every kind: by their extensions, and by what is in them."""

import gzip
import json
from mimetypes import MimeTypes

CONTENTS = {
    "empty": b"",
    "text": "grüße\r\nund\x00mehr\n".encode(),
    "JSON": json.dumps({"a": ["ü", None, 1.5]}, ensure_ascii=False).encode(),
    "a JSON string": b'"text"',
    "binary": bytes(range(256)) * 3,
    "invalid UTF-8": b'{"a": "\xff\xfe"}\n\xc3',
    "compressed": gzip.compress(b"compressed " * 100, mtime=0),
}


def names() -> list[str]:
    """A name for every extension that Python has a type or an encoding for, and for none."""
    known = MimeTypes()
    extensions = {
        *("", ".unknown"),
        *known.types_map[True],
        *known.types_map[False],
        *known.suffix_map,
        *known.encodings_map,
        *(f".json{packed}" for packed in known.encodings_map),
    }
    return [f"name{extension}" for extension in sorted(extensions)]
