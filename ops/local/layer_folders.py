"""A layer is unpacked once for all instances of functions, so that Python compiles it once.

MiniStack unpacks it for each instance, whose start then takes twice as long. In AWS an instance
cannot write to its layers (https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html), and
so none sees what another one does to them.
"""

import hashlib
import io
import os
import shutil
import threading
import zipfile
from pathlib import Path

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from ops.local import function_checks

_unpacking = threading.Lock()


def share(folders: Path) -> None:
    """Give the functions in Python their layers unpacked below `folders`."""
    spawn = lambda_runtime.Worker._spawn

    def spawn_with_shared(worker: lambda_runtime.Worker) -> None:
        layers = worker.config.get("Layers") or []
        if not layers or not worker.config.get("Runtime", "").startswith("python"):
            spawn(worker)
            return
        resolved = [lambda_svc._resolve_layer_zip(each) for each in layers]
        unpacked = [str(_unpacked(layer, folders)) for layer in resolved if layer]
        declared = worker.config
        worker.config = {**declared, "Layers": []}
        try:
            with function_checks.started_with(
                worker, _LAMBDA_LAYERS_DIRS=os.pathsep.join(unpacked)
            ):
                spawn(worker)
        finally:
            worker.config = declared

    lambda_runtime.Worker._spawn = spawn_with_shared


def _unpacked(layer: bytes, folders: Path) -> Path:
    folder = folders / hashlib.sha256(layer).hexdigest()
    with _unpacking:
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            shutil.rmtree(begun, ignore_errors=True)
            with zipfile.ZipFile(io.BytesIO(layer)) as archive:
                archive.extractall(begun)
            begun.rename(folder)
    return folder
