"""An instance of a function in Python does when it starts what an instance of Lambda does, no more.

Before it, MiniStack's worker compiles all of the function's code, and imports botocore to count how
deep functions call each other. That is more than half of the start of a function that calls none.
"""

import compileall
import functools
import io
import tempfile
import threading
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

from ministack.core import lambda_runtime

# In the worker: `_ms_install_invoke_depth` adds its handler to botocore when the function imports
# that, before the function can make a client.
_COUNT_AT_ONCE = "\n    _ms_install_invoke_depth()\n"
_COUNT_WHEN_IMPORTED = """
    sys.meta_path.insert(0, _MsFinderOfHandlers)
"""
_FINDER = """
import sys
from importlib.machinery import PathFinder

class _MsFinderOfHandlers:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "botocore.handlers":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = _MsLoaderOfHandlers(spec.loader)
        return spec

class _MsLoaderOfHandlers:
    def __init__(self, own):
        self._own = own

    def create_module(self, spec):
        return self._own.create_module(spec)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self._own
        self._own.exec_module(module)
        sys.modules["botocore"].handlers = module  # as the import itself does after this
        _ms_install_invoke_depth()
"""
_compiling = threading.Lock()


def shorten() -> None:
    """Let instances start so from now on."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    assert script.count(_COUNT_AT_ONCE) == 1
    counting = script.replace(_COUNT_AT_ONCE, _COUNT_WHEN_IMPORTED)
    lambda_runtime._PYTHON_WORKER_SCRIPT = _FINDER + counting
    spawn = lambda_runtime.Worker._spawn

    def spawn_compiled(worker: lambda_runtime.Worker) -> None:
        if not worker.config.get("Runtime", "").startswith("python"):
            spawn(worker)
            return
        given = worker.code_zip
        worker.code_zip = with_bytecode(given)
        try:
            spawn(worker)
        finally:
            worker.code_zip = given

    lambda_runtime.Worker._spawn = spawn_compiled


def with_bytecode(code: bytes) -> bytes:
    """Return the archive of a function with the bytecode of its modules beside them.

    Python compares each with the hash of its source, so that a changed source is compiled again
    (https://peps.python.org/pep-0552/). What is no Python has no bytecode, and fails when it runs.
    """
    with _compiling:  # once, though many instances start together
        return _compiled(code)


@functools.lru_cache(maxsize=32)
def _compiled(code: bytes) -> bytes:
    made = io.BytesIO(code)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(made) as archive:
            known = {*archive.namelist()}
            archive.extractall(folder)
        compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
        with zipfile.ZipFile(made, "a") as archive:
            for compiled in sorted(Path(folder).rglob("*.pyc")):
                name = compiled.relative_to(folder).as_posix()
                if name not in known:
                    archive.write(compiled, name)
    return made.getvalue()
