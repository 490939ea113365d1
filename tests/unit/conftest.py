"""Tests here draw examples, of which none may depend on the machine's speed."""

from tests.examples import take_any_time

take_any_time()
