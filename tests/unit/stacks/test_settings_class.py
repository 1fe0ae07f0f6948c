"""Fields of settings are checked by their names and their annotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import product
from typing import Literal

import pytest

from stacks.common.settings_class import settings
from stacks.config import ConfigurationError, Pause, Promotion
from tests.application.environments import BASIC, DEMAND

VALUES = (
    *("x", 5, -1, 1.5, None, [], ["x"], {}, ("x",), (5,), True, object(), {"a": object()}, {1: 2}),
)
DECLARED = (
    *(BASIC, BASIC.network, BASIC.warehouse, BASIC.retention, BASIC.lake, DEMAND, DEMAND.schedule),
    DEMAND.serving,
    Pause(pauses="cron(0 20 * * ? *)", resumes="cron(0 6 * * ? *)"),
    Promotion(promoter="arn:aws:iam::123456789012:role/promoter"),
)


@settings("example.")
class Example:
    text: str
    number: float = 0.5
    kind: Literal["a", "b"] = "a"
    many: tuple[str, ...] = ()
    named: Mapping[str, int] | None = None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "example.text is missing: allowed is a text; add it"),
        ({"text": "a", "txt": 1}, "example.txt is not a field of Example.*did you mean 'text'?"),
        ({"text": "a", "colour": 1}, "example.colour is not a field.*correct the name, or remove"),
        ({"text": 1}, "example.text is 1: allowed is a text"),
        ({"text": "a", "number": True}, "example.number is True: allowed is a number"),
        ({"text": "a", "kind": 1}, "example.kind is 1: allowed is a, b"),
        ({"text": "a", "many": ["b"]}, r"example.many is \['b'\]: allowed is a tuple"),
        ({"text": "a", "many": ("b", 1)}, "example.many is 1: allowed is a tuple"),
        ({"text": "a", "named": {"b": "c"}}, "example.named is {'b': 'c'}.*whole number or None"),
    ],
)
def test_a_wrong_field_is_named(given, message):
    with pytest.raises(ConfigurationError, match=message):
        Example(**given)


def test_a_value_without_a_name_is_refused():
    with pytest.raises(ConfigurationError, match=r"without the name.*write Example\(text=…\)"):
        Example("a")  # type: ignore[misc]


def test_a_whole_number_is_a_number():
    assert Example(text="a", number=1, named={"b": 2}).number == 1


@pytest.mark.parametrize(
    "declared", [each for each in DECLARED if each], ids=lambda each: type(each).__name__
)
def test_no_value_of_a_field_is_a_traceback(declared):
    for field, value in product(fields(declared), VALUES):
        try:
            replace(declared, **{field.name: value})
        except ConfigurationError as error:
            assert field.name.partition("_")[0] in str(error)
