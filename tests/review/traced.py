"""Synthesise the stages and the pipeline of the tests: `python -m tests.review.traced FOLDER`.

With `JSII_HOST_STACK_TRACES=1` their metadata has the lines of Python.
"""

import sys
from pathlib import Path

from tests.baseline import DEV, PROD
from tests.infra import synthesis

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    synthesis.assembly(folder / "stages", DEV, PROD)
    synthesis.shipped(folder / "pipeline")
