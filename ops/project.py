"""The folders of this repository."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CLOUD_ASSEMBLY = PROJECT / "cdk.out"
