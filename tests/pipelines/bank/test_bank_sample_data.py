"""The generated file is similar to the published file; a real file replaces it."""

import csv

import pytest

from pipeline_code.bank.features import CATEGORIES
from pipeline_code.bank.sample_data.__main__ import FILE, FOLDER
from pipeline_code.bank.sample_data.__main__ import main as generate

RENAMED = {"credit_default": "default"}


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_columns_codes_and_shares_are_the_published_ones(generated):
    calls = table(generated)
    assert len(calls) == 41_188
    for name, values in CATEGORIES.items():
        assert {call[RENAMED.get(name, name)] for call in calls} <= set(values)
    assert 0.09 < sum(call["y"] == "yes" for call in calls) / len(calls) < 0.13
    for call in calls[:2000]:
        assert (call["poutcome"] == "nonexistent") == (call["previous"] == "0")
        assert 17 <= int(call["age"]) <= 98
        if call["poutcome"] == "nonexistent":
            assert call["pdays"] == "999"


def test_texts_are_quoted_and_numbers_are_not(generated):
    header, row = generated.read_text().splitlines()[:2]
    assert header.startswith('"age";"job";"marital"')
    assert row.split(";")[0].isdigit()
    assert row.endswith(('"no"', '"yes"'))


def test_the_seed_decides(generated, tmp_path):
    for seed in ("0", "1"):
        generate(["--output", str(tmp_path / seed), "--seed", seed])
    same, other = (tmp_path / seed / FOLDER / FILE for seed in ("0", "1"))
    assert same.read_bytes() == generated.read_bytes() != other.read_bytes()


def test_a_real_file_is_taken(tmp_path, capsys):
    (tmp_path / FILE).write_text("real")
    generate(["--output", str(tmp_path / "out"), "--missing-from", str(tmp_path)])
    assert (tmp_path / "out" / FOLDER / FILE).read_text() == "real"
    assert capsys.readouterr().out == ""


@pytest.mark.real_data
def test_the_generated_file_has_the_published_header(real_data, generated):
    with (real_data / "bank" / FILE).open() as real:
        assert generated.read_text().partition("\n")[0] == real.readline().strip()
