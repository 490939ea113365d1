"""Tests here draw examples, of which none may depend on the machine's speed."""

from tests.examples import draw as pytest_configure

__all__ = ["pytest_configure"]
