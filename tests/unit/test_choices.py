"""A choice that does not exist is named by mypy in the editor, and by the check at synth."""

import json
import os
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from mypy import api

from stacks.settings import Settings

CHOICES = {
    name: get_args(kind)
    for name, kind in get_type_hints(Settings).items()
    if get_origin(kind) is Literal
}
WRONG: dict[str, Any] = dict.fromkeys(CHOICES, "nothing") | {"log_retention_days": 8}


def test_the_choices_are_all_there() -> None:
    assert set(CHOICES) == {
        *("architecture", "backup_lock", "egress", "log_level", "log_retention_days"),
        *("packaging", "url_auth"),
    }


@pytest.mark.parametrize("name", CHOICES)
def test_synth_takes_each_value_and_no_other(name: str) -> None:
    others: dict[str, Any] = {"name": "Test", "retain": True}
    for value in CHOICES[name]:
        assert getattr(Settings(**others, **{name: value}), name) == value
    shown = ", ".join(map(str, CHOICES[name]))
    message = rf"^{name} must be one of {re.escape(shown)}, got {WRONG[name]!r}$"
    with pytest.raises(ValueError, match=message):
        Settings(**others, **{name: WRONG[name]})


@pytest.mark.slow
def test_mypy_names_each_wrong_value_and_takes_the_others(tmp_path: Path) -> None:
    right = [f"{name}={json.dumps(values[-1])}" for name, values in CHOICES.items()]
    wrong = [f"{name}={json.dumps(value)}" for name, value in WRONG.items()]
    lines = ["from stacks.settings import Settings"]
    lines += [f'Settings(name="Test", retain=False, {argument})' for argument in right + wrong]
    file = tmp_path / "edited.py"
    file.write_text("\n".join(lines))
    found, _, _ = api.run(["--config-file=", f"--cache-dir={os.devnull}", str(file)])
    assert re.findall(r'error: Argument "(\w+)" to "Settings"', found) == list(WRONG), found
