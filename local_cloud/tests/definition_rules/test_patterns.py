"""Conversion of patterns in AWS' API models (Java's syntax) to Python."""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.patterns import compiled_pattern, matches
from local_cloud.definition_rules.service_model import service_model

TAG = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"


def test_every_pattern_of_the_api_can_be_read():
    model = service_model()
    shapes = [model.shape_for(name) for name in model.shape_names]
    patterns = {shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata}
    assert len(patterns) > 200
    assert all(compiled_pattern(pattern) for pattern in patterns)


@pytest.mark.parametrize("text", ["", "a b", "Größe", "数値 1", "a@b=c/d:e+f_g-h.i", "𝔘"])
def test_letters_of_any_script_fit(text):
    assert matches(TAG, text)


@pytest.mark.parametrize("text", ["a;b", "a\tb", "«x»", "a\n"])
def test_other_characters_do_not(text):
    assert not matches(TAG, text)


def test_the_whole_text_must_fit():
    assert matches("[a-z]+", "abc")
    assert not matches("[a-z]+", "abc1")


def test_a_repeated_anchor_is_read_as_one():
    assert matches(r"([\p{L}]*)${1,256}", "abc")


def test_pairs_of_surrogates_are_one_range():
    pattern = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*"
    assert matches(pattern, "a\t😀")
    assert not matches(pattern, "a\x01")
