"""The dictionary equals the published dictionary, and every name and label is unique."""

import re

import pytest

from pipeline_code.insurance.dictionary import (
    AGES,
    COLUMNS,
    CONTRIBUTIONS,
    FIRST_CONTRIBUTION,
    FIRST_NUMBER,
    MAIN_TYPES,
    SHARES,
    SUBTYPES,
)


def test_columns_have_readable_names_of_their_own():
    assert len(COLUMNS) == len({column.name for column in COLUMNS}) == 86
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", column.name) for column in COLUMNS)


def test_contributions_and_numbers_stand_in_the_same_order():
    contributions = COLUMNS[FIRST_CONTRIBUTION:FIRST_NUMBER]
    numbers = COLUMNS[FIRST_NUMBER:-1]
    assert [column.code[1:] for column in contributions] == [column.code[1:] for column in numbers]
    assert {column.code[0] for column in contributions} == {"P"}
    assert {column.code[0] for column in numbers} == {"A"}


@pytest.mark.parametrize("domain", [SUBTYPES, AGES, MAIN_TYPES, SHARES, CONTRIBUTIONS])
def test_every_value_has_a_label_of_its_own(domain):
    assert len(domain.values) == len(domain.labels) == len(set(domain.labels))


def test_a_label_of_two_values_carries_the_value():
    assert (SUBTYPES.labels[4], SUBTYPES.labels[31]) == ("Mixed seniors (5)", "Mixed seniors (32)")
    assert SUBTYPES.labels[0] == "High Income, expensive child"


@pytest.mark.real_data
def test_columns_and_labels_are_the_published_ones(real_data):
    text = (real_data / "insurance/dictionary.txt").read_text(encoding="cp1252")
    columns, *tables = re.split(r"^L\d:", text.replace("\u2013", "-"), flags=re.MULTILINE)
    published = re.findall(r"^(\d+) ([A-Z0-9]+) (.+)", columns, flags=re.MULTILINE)
    assert [code for _, code, _ in published] == [column.code for column in COLUMNS]
    for (_, _, meaning), column in zip(published, COLUMNS, strict=True):
        assert meaning.startswith(column.meaning)
    for table, domain in zip(
        tables, [SUBTYPES, AGES, MAIN_TYPES, SHARES, CONTRIBUTIONS], strict=True
    ):
        labels = re.findall(r"^(\d+) (.+?)\s*$", table, flags=re.MULTILINE)
        assert [int(value) for value, _ in labels] == list(domain.values.values())
        assert [label for _, label in labels] == list(domain.published)
