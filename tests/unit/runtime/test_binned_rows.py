"""Bins from blocks of a file: the model is that of all rows in memory."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost

from pipeline_code.runtime import row_spool
from pipeline_code.runtime.binned_rows import binned, read_channel
from pipeline_code.runtime.xgboost_csv import write_labelled
from tests.unit.runtime.training_hosts import FEATURES, PARAMETERS, labelled

NAMES = [f"column {number}" for number in range(FEATURES)]
SAMPLED = {**PARAMETERS, "subsample": 0.7, "colsample_bynode": 0.5}


def written(folder, rows, parts=3):
    folder.mkdir(parents=True)
    sizes = np.array_split(np.arange(len(rows.labels)), parts)
    for number, part in enumerate(sizes):
        selected = type(rows)(rows.features[part], rows.labels[part])
        write_labelled(selected, folder / f"part-{number}.csv")
    return folder


def trees(matrix, rounds=10):
    booster = xgboost.Booster(SAMPLED, [matrix])
    for number in range(rounds):
        booster.update(matrix, number)
    return bytes(booster.save_raw("ubj")), booster


@pytest.mark.parametrize("missing", [False, True])
def test_the_model_is_that_of_rows_in_memory(tmp_path, monkeypatch, missing):
    rows = labelled(3000, seed=4)
    if missing:
        rows.features[::7, 2] = np.nan
    folder = written(tmp_path / "channel", rows)
    monkeypatch.setattr(row_spool, "BLOCK_ROWS", 500)
    channel = read_channel(folder, tmp_path / "spool", features=FEATURES, ordered=False)
    assert (channel.spool.rows, channel.label_sum) == (3000, rows.labels.sum())
    whole = xgboost.DMatrix(rows.features, rows.labels, feature_names=NAMES)
    expected, booster = trees(whole)
    matrix = binned(channel.spool, NAMES)
    assert trees(matrix)[0] == expected
    like = binned(channel.spool, NAMES, like=matrix)
    np.testing.assert_array_equal(booster.predict(like), booster.predict(whole))


def test_sorted_rows_give_one_model_whatever_the_files(tmp_path):
    rows = labelled(900, seed=5)
    mixed = np.random.default_rng(0).permutation(900)
    other = type(rows)(rows.features[mixed], rows.labels[mixed])
    models = set()
    for number, each in enumerate((rows, other)):
        folder = written(tmp_path / str(number) / "channel", each, parts=2 + number)
        spool = tmp_path / str(number) / "spool"
        channel = read_channel(folder, spool, features=FEATURES, ordered=True)
        models.add(trees(binned(channel.spool, NAMES))[0])
    assert len(models) == 1
