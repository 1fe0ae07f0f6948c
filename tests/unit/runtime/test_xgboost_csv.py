"""Labelled features in files: written files can be read, and other files are rejected."""

import numpy as np
import pytest

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.xgboost_csv import Labelled, read_shard, write_labelled

ROWS = Labelled(np.array([[2.5, 0.0], [1.0, 7.0], [1.0, 3.0]]), np.array([1.0, 0.0, 1.0]))


def test_the_label_is_first_and_there_is_no_header(tmp_path):
    write_labelled(ROWS, tmp_path / "part.csv")
    assert (tmp_path / "part.csv").read_text() == "1,2.5,0\n0,1,7\n1,1,3\n"


def test_parts_are_read_in_the_order_of_their_names(tmp_path):
    for number, rows in enumerate([slice(0, 1), slice(1, 3), slice(0, 0)]):
        part = Labelled(ROWS.features[rows], ROWS.labels[rows])
        write_labelled(part, tmp_path / f"part-{number}.csv")
    read = read_shard(tmp_path, features=2)
    assert read.features.tolist() == ROWS.features.tolist()
    assert read.labels.tolist() == ROWS.labels.tolist()


def test_one_order_whatever_the_parts(tmp_path):
    shuffled = Labelled(ROWS.features[[2, 0, 1]], ROWS.labels[[2, 0, 1]]).in_order()
    assert shuffled.features.tolist() == ROWS.in_order().features.tolist()
    assert shuffled.labels.tolist() == ROWS.in_order().labels.tolist()


def test_a_host_may_have_no_rows(tmp_path):
    (tmp_path / "part.csv").touch()
    rows = read_shard(tmp_path, features=2)
    assert (rows.features.shape, rows.labels.shape) == ((0, 2), (0,))


def test_other_files_are_refused(tmp_path):
    write_labelled(ROWS, tmp_path / "part.csv")
    with pytest.raises(DataError, match="part.csv: 3 columns, must be the label and 4 features"):
        read_shard(tmp_path, features=4)
