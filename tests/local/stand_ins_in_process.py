"""What the local cloud does at less cost than MiniStack comes to the same.

It runs on the interpreter of the local cloud, for `test_local_costs.py`, without a server.
"""

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from ministack.core import lambda_runtime, responses
from ministack.services import cloudwatch

from ops.local import cold_starts, metric_seconds, wire_protocols
from ops.local.rules.alarm_states import Sample

# One of each protocol.
SERVICES = ("s3", "sts", "ec2", "lambda", "ssm", "monitoring", "none-of-aws")
ASKS_FOR_THE_COUNT = """
import sys
assert "botocore" not in sys.modules
import botocore.handlers
assert botocore.handlers.__loader__ is botocore.handlers.__spec__.loader
assert "_Ms" not in type(botocore.handlers.__loader__).__name__
event, add = botocore.handlers.BUILTIN_HANDLERS[-1]
assert event == "before-call"
import os
os.environ["_MINISTACK_INVOKE_DEPTH"] = "3"
sent = {"headers": {}}
add(params=sent)
print(sent["headers"])
"""


def the_head_of_a_model_names_the_protocol_that_the_model_names() -> None:
    for service in SERVICES:
        whole, head = responses._service_model(service), wire_protocols.head_of(service)
        assert (whole and whole.metadata) == (head and head.metadata), service
    for folder in wire_protocols._models().iterdir():
        head = wire_protocols.head_of(folder.name)
        assert head is None or head.metadata["protocol"], folder


def a_function_that_imports_botocore_tells_how_deep_it_is_called() -> None:
    cold_starts.shorten()
    bootstrap, _, _ = lambda_runtime._PYTHON_WORKER_SCRIPT.partition("\ndef run():")
    script = bootstrap + cold_starts._COUNT_WHEN_IMPORTED.replace("    ", "") + ASKS_FOR_THE_COUNT
    told = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert told == "{'X-Ministack-Invoke-Depth': '3'}\n", told


def bytecode_is_that_of_the_source_beside_it() -> None:
    given = io.BytesIO()
    with zipfile.ZipFile(given, "w") as archive:
        archive.writestr("a/one.py", "VALUE = 1")
        archive.writestr("a/broken.py", "VALUE =")
        archive.writestr("text", "no code")
    made = cold_starts.with_bytecode(given.getvalue())
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(made)) as archive:
        archive.extractall(folder)
        cached = f"a/__pycache__/one.{sys.implementation.cache_tag}.pyc"
        assert {*archive.namelist()} == {"a/one.py", "a/broken.py", "text", cached}
        assert _ran(folder, "import a.one; print(a.one.VALUE, a.one.__cached__)") == (
            f"1 {folder}/{cached}"
        )
        Path(folder, "a/one.py").write_text("VALUE = 2")
        assert _ran(folder, "import a.one; print(a.one.VALUE)") == "2"


def a_metric_is_what_its_points_are_now() -> None:
    key, points = ("N", "M", ()), [{"Timestamp": at, "Value": at} for at in (9.1, 9.9, 10.0)]
    cloudwatch._metrics[key] = [*points[:1]]
    assert metric_seconds.samples(key) == {9: Sample(1, 9.1, 9.1, 9.1)}
    cloudwatch._metrics[key] = [*points]  # MiniStack copies what it keeps
    ninth = Sample(2, 19.0, 9.1, 9.9)
    assert metric_seconds.samples(key) == {9: ninth, 10: Sample(1, 10, 10, 10)}
    assert metric_seconds.samples(key)[9] == ninth
    cloudwatch._metrics[key] = [points[0], points[2], {"Timestamp": 11.5, "Value": 1, "Count": 3}]
    assert metric_seconds.samples(key) == {
        9: Sample(1, 9.1, 9.1, 9.1),
        10: Sample(1, 10, 10, 10),
        11: Sample(3, 3, 1, 1),
    }
    del cloudwatch._metrics[key]
    assert metric_seconds.samples(key) == {}


def _ran(folder: str, script: str) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {folder!r}); {script}"]
    return subprocess.check_output(command, text=True).strip()


if __name__ == "__main__":
    the_head_of_a_model_names_the_protocol_that_the_model_names()
    a_function_that_imports_botocore_tells_how_deep_it_is_called()
    bytecode_is_that_of_the_source_beside_it()
    a_metric_is_what_its_points_are_now()
