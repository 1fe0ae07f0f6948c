"""The generated file has the published format, counts and ranges, a signal, and a seed."""

import gzip

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from pipeline_code.insurance.raw import read_files
from pipeline_code.insurance.sample_data.__main__ import generate, generate_evaluation_set, main

NAME = "2000-01-01/raw/ticdata2000.txt"


def test_the_file_has_the_published_form(tmp_path, capsys):
    main(["--output", str(tmp_path)])
    assert capsys.readouterr().out == (
        f"generated customers: 5,822 rows in {NAME}\n"
        "generated evaluation set: 4,000 rows in 2000-01-01/raw/ticeval2000.txt\n"
    )
    folder = (tmp_path / NAME).parent
    for name, rows, tabs in (
        ("ticdata2000.txt", 5822, 85),
        ("ticeval2000.txt", 4000, 84),
        ("tictgts2000.txt", 4000, 0),
    ):
        content = (folder / name).read_bytes()
        assert content.count(b"\r\n") == content.count(b"\n") == rows
        assert content.endswith(b"\r\n")
        assert {line.count(b"\t") for line in content.splitlines()} == {tabs}


def test_the_evaluation_set_has_other_customers_and_the_published_buyers(codes):
    evaluation_set = generate_evaluation_set(0)
    assert evaluation_set[:, 85].sum() == 238
    assert not np.array_equal(evaluation_set, codes[:4000])


def test_every_row_passes_the_checks_of_the_step(tmp_path):
    main(["--output", str(tmp_path)])
    (file,) = read_files(tmp_path)
    assert len(file.rows) == 5822
    assert file.refusals == []


def test_policies_are_as_many_as_published_and_can_be_learnt(codes):
    assert codes[:, 85].sum() == 348
    model = LogisticRegression(C=0.01, max_iter=2000)
    scores = cross_val_score(model, codes[:, :85], codes[:, 85], scoring="roc_auc", cv=3)
    assert 0.65 < scores.mean() < 0.9


def test_a_main_type_has_subtypes_of_its_own(codes):
    pairs = {(int(row[0]), int(row[4])) for row in codes}
    assert len(pairs) == len({subtype for subtype, _ in pairs}) == 41
    assert {main_type for _, main_type in pairs} == set(range(1, 11))


def test_seed_decides_every_row():
    assert np.array_equal(generate(1), generate(1))
    assert not np.array_equal(generate(1), generate(2))


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_real_file_is_taken(tmp_path, capsys, suffix):
    real = tmp_path / "real"
    real.mkdir()
    content = b"1\t2\r\n"
    packed = gzip.compress(content) if suffix else content
    (real / f"ticdata2000.txt{suffix}").write_bytes(packed)
    main(["--output", str(tmp_path / "made"), "--missing-from", str(real), "--date", "2001-02-03"])
    assert (tmp_path / "made/2001-02-03/raw/ticdata2000.txt").read_bytes() == content
    assert capsys.readouterr().out == ""
    # Generated customers do not measure a model of real ones.
    assert len(list((tmp_path / "made/2001-02-03/raw").iterdir())) == 1


def test_what_the_real_folder_lacks_is_generated(tmp_path, capsys):
    main(["--output", str(tmp_path / "made"), "--missing-from", str(tmp_path)])
    assert (tmp_path / "made" / NAME).is_file()
    assert capsys.readouterr().out.startswith("generated customers")


@pytest.mark.real_data
def test_main_types_are_those_of_the_real_data(real_data, codes):
    real = np.loadtxt(real_data / "insurance/ticdata2000.txt", dtype=np.int64)
    assert {(int(row[0]), int(row[4])) for row in real} <= {
        (int(row[0]), int(row[4])) for row in codes
    }
    # The means of shares and classes are similar, also for each product.
    assert np.abs(real[:, :43].mean(axis=0) - codes[:, :43].mean(axis=0)).max() < 0.8
    owned = (real[:, 43:64] > 0).mean(axis=0) - (codes[:, 43:64] > 0).mean(axis=0)
    assert np.abs(owned).max() < 0.05
