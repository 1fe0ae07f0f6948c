"""Labelled features in files: written files can be read, and other files are rejected."""

import numpy as np
import pytest

from pipeline_code.runtime import xgboost_csv
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.xgboost_csv import Labelled, labelled_rows, write_labelled

ROWS = Labelled(np.array([[2.5, 0.0], [1.0, 7.0], [1.0, 3.0]]), np.array([1.0, 0.0, 1.0]))


def test_the_label_is_first_and_there_is_no_header(tmp_path):
    write_labelled(ROWS, tmp_path / "part.csv")
    assert (tmp_path / "part.csv").read_text() == "1,2.5,0\n0,1,7\n1,1,3\n"


def read(folder, features):
    return [row for block in labelled_rows(folder, features=features) for row in block.tolist()]


def test_parts_are_read_in_the_order_of_their_names(tmp_path):
    for number, rows in enumerate([slice(0, 1), slice(1, 3), slice(0, 0)]):
        part = Labelled(ROWS.features[rows], ROWS.labels[rows])
        write_labelled(part, tmp_path / f"part-{number}.csv")
    assert read(tmp_path, 2) == [[1, 2.5, 0], [0, 1, 7], [1, 1, 3]]


def test_blocks_of_whole_numbers_and_fractions_and_missing_values(tmp_path, monkeypatch):
    monkeypatch.setattr(xgboost_csv, "BLOCK_BYTES", 64)
    (tmp_path / "part.csv").write_text("1,2\n" * 50 + "0,2.5\n" + "1,\n" * 50)
    blocks = list(labelled_rows(tmp_path, features=1))
    assert len(blocks) > 2
    rows = np.vstack(blocks)
    assert rows[[0, 50]].tolist() == [[1, 2], [0, 2.5]]
    assert np.isnan(rows[51:, 1]).all()


def test_a_host_may_have_no_rows(tmp_path):
    (tmp_path / "part.csv").touch()
    assert read(tmp_path, 2) == []


def test_other_files_are_refused(tmp_path):
    write_labelled(ROWS, tmp_path / "part.csv")
    with pytest.raises(DataError, match="part.csv: 3 columns, must be the label and 4 features"):
        read(tmp_path, 4)
    (tmp_path / "part.csv").write_text("label,a,b\n1,2,3\n")
    with pytest.raises(DataError, match="part.csv: not rows of numbers without a header: .*label"):
        read(tmp_path, 2)
