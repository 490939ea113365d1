"""Programs of others that work with a drive, in an environment of their own."""

from pathlib import Path

PROGRAMS = Path(__file__).resolve().parents[1] / ".venv" / "programs" / "bin"
