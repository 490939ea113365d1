"""The documentation describes every setting, in the words of the code."""

from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from stacks.settings import Domain, Settings
from stacks.shipping.settings import GitHub, Pipeline
from tests.infra import settings_table

ALL: tuple[type[Any], ...] = (Settings, Domain, Pipeline, GitHub)


@pytest.mark.parametrize("page", settings_table.PAGES)
def test_a_page_has_the_tables_that_make_reference_writes(page: str) -> None:
    text = (settings_table.PROJECT / page).read_text()
    assert settings_table.written(page, text) == text, "run: make reference"


@pytest.mark.parametrize("settings", ALL, ids=lambda settings: settings.__name__)
def test_every_field_has_a_description(settings: type[Any]) -> None:
    described = settings_table.descriptions(settings)
    assert list(described) == [field.name for field in fields(settings)]
    for name, text in described.items():
        assert text[0].isupper(), name
        assert text[-1] in ".)", name
        assert "|" not in text, name


@pytest.mark.parametrize("settings", ALL, ids=lambda settings: settings.__name__)
def test_a_description_names_every_value_of_a_choice(settings: type[Any]) -> None:
    described = settings_table.descriptions(settings)
    for name, kind in get_type_hints(settings).items():
        choices = [each for each in (kind, *get_args(kind)) if get_origin(each) is Literal]
        for value in (value for choice in choices for value in get_args(choice)):
            if isinstance(value, str):
                assert f"`{value}`" in described[name], name


def test_a_page_without_the_mark_of_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match=r"README.md must have one line '<!-- .* got 0"):
        settings_table.written("README.md", "nothing")
