"""The generated adult.csv has the published format and size, plausible shares, and a signal."""

import csv
import gzip

import numpy as np
import pytest

from pipeline_code.census.features import CATEGORIES, DATASET, EDUCATION, SCHEMA
from pipeline_code.census.sample_data.__main__ import main
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.shards import read_shards

HEADER = (
    '"age","workclass","fnlwgt","education","education.num","marital.status","occupation",'
    '"relationship","race","sex","capital.gain","capital.loss","hours.per.week","native.country",'
    '"income"'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    main(["--output", str(folder)])
    return folder


@pytest.fixture(scope="module")
def rows(folder):
    return read_shards(folder, SCHEMA).table


def test_file_has_the_published_form_and_size(folder, rows):
    lines = (folder / "adult.csv").read_text().splitlines()
    assert lines[0] == HEADER
    assert rows.num_rows == len(lines) - 1 == 32_561
    texts = {field for field in lines[1].split(",") if not field.isdigit()}
    assert all(field.startswith('"') and field.endswith('"') for field in texts)


def share(rows, column, value):
    return rows[column].to_pylist().count(value) / rows.num_rows


@pytest.mark.parametrize(
    ("column", "value", "published"),
    [
        ("income", ">50K", 0.241),
        ("sex", "Male", 0.669),
        ("workclass", "?", 0.056),
        ("workclass", "Private", 0.697),
        ("education", "HS-grad", 0.323),
        ("marital.status", "Married-civ-spouse", 0.460),
        ("marital.status", "Never-married", 0.328),
        ("relationship", "Husband", 0.405),
        ("race", "White", 0.854),
        ("native.country", "United-States", 0.896),
        ("capital.gain", 0, 0.917),
        ("capital.loss", 0, 0.953),
    ],
)
def test_shares_are_near_the_published_ones(rows, column, value, published):
    assert share(rows, column, value) == pytest.approx(published, abs=0.04)


def test_numbers_are_in_the_published_ranges(rows):
    for column, low, high in (
        ("age", 17, 90),
        ("hours.per.week", 1, 99),
        ("capital.loss", 0, 4356),
    ):
        values = rows[column].to_numpy()
        assert (values.min(), values.max()) >= (low, low)
        assert values.max() <= high
    assert rows["age"].to_numpy().mean() == pytest.approx(38.6, abs=1)
    assert rows["fnlwgt"].to_numpy().mean() == pytest.approx(189_778, rel=0.03)


def test_columns_fit_each_other(rows):
    people = rows.to_pylist()
    assert all(EDUCATION[each["education.num"] - 1] == each["education"] for each in people)
    assert all((each["workclass"] == "?") == (each["occupation"] == "?") for each in people)
    spouses = {"Husband": "Male", "Wife": "Female"}
    for each in people:
        if each["relationship"] in spouses:
            assert each["sex"] == spouses[each["relationship"]]
            assert each["marital.status"] == "Married-civ-spouse"
    assert not any(each["capital.gain"] and each["capital.loss"] for each in people)


def test_income_follows_what_it_follows_in_the_published_file(rows):
    high = DATASET.labels(rows)
    for column, value in (
        ("marital.status", "Married-civ-spouse"),
        ("education", "Doctorate"),
        ("occupation", "Exec-managerial"),
    ):
        has = np.array(rows[column].to_pylist()) == value
        assert high[has].mean() > 1.4 * high.mean()
    assert high[rows["capital.gain"].to_numpy() > 7_000].mean() > 0.9


def test_seed_decides_every_byte(folder, tmp_path):
    for seed in ("0", "1"):
        main(["--output", str(tmp_path / seed), "--seed", seed])
    first = (folder / "adult.csv").read_bytes()
    assert (tmp_path / "0/adult.csv").read_bytes() == first
    assert (tmp_path / "1/adult.csv").read_bytes() != first


def test_a_real_file_is_taken_over(tmp_path, capsys):
    real = tmp_path / "real"
    real.mkdir()
    (real / "adult.csv.gz").write_bytes(gzip.compress(b"real"))
    main(["--output", str(tmp_path / "made"), "--missing-from", str(real)])
    assert (tmp_path / "made/adult.csv").read_bytes() == b"real"
    assert capsys.readouterr().out == ""


def test_without_the_real_file_one_is_generated(tmp_path, capsys):
    (tmp_path / "real").mkdir()
    main(["--output", str(tmp_path / "made"), "--missing-from", str(tmp_path / "real")])
    assert capsys.readouterr().out == "generated adult.csv: 32,561 rows\n"


@pytest.mark.real_data
def test_the_declared_values_are_those_of_the_real_file(real_data):
    content = (real_data / "census/adult.csv").read_bytes()
    rows = read_csv(content, SCHEMA, source="adult.csv")
    assert rows.num_rows == 32_561
    for column, values in {**CATEGORIES, "education": EDUCATION}.items():
        assert set(rows[column].to_pylist()) == set(values)
    with (real_data / "census/adult.csv").open() as file:
        assert next(csv.reader(file)) == SCHEMA.names
