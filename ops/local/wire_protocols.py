"""The protocol of a service, which says of which type its answers are, is read from botocore alone.

MiniStack asks botocore for it, which reads the whole model of each service that answers. That takes
a third of the time of a bootstrap and of a deployment.
"""

import functools
import gzip
import importlib.util
import json
import re
from pathlib import Path
from types import SimpleNamespace

from ministack.core import responses

# The metadata of each model is in its first 2 KB (tests/local/test_local_costs.py).
_HEAD = 16 * 1024
_METADATA = re.compile(r'"metadata"\s*:\s*')


def read_heads() -> None:
    """Give MiniStack's answers their types by the head of each model."""
    responses._service_model = head_of


@functools.cache
def head_of(service: str) -> SimpleNamespace | None:
    """Return the newest model of a service with its metadata alone; None if there is none.

    https://github.com/boto/botocore/blob/develop/botocore/loaders.py says where models are.
    """
    name = responses._BOTOCORE_NAME.get(service, service)
    found = sorted((_models() / name).glob("*/service-2.json*"))
    if not found:
        return None
    opened = gzip.open if found[-1].suffix == ".gz" else open
    with opened(found[-1], "rt", encoding="utf-8") as file:
        head = file.read(_HEAD)
    begin = _METADATA.search(head)
    assert begin is not None, found[-1]
    metadata, _ = json.JSONDecoder().raw_decode(head, begin.end())
    return SimpleNamespace(metadata=metadata)


@functools.cache
def _models() -> Path:
    """The folder of the models; botocore itself is not imported."""
    found = importlib.util.find_spec("botocore")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("data")
