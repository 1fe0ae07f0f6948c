"""A training that continues from a checkpoint gives the model of one without interruption."""

from __future__ import annotations

import shutil

import pytest
import xgboost

from pipeline_code.runtime.checkpoints import Checkpoints
from pipeline_code.runtime.tree_course import Course
from tests.unit.runtime.training_hosts import PARAMETERS, containers, fit

# Random numbers decide which rows and columns a tree uses.
SAMPLED = {**PARAMETERS, "eta": 0.05, "subsample": 0.7, "colsample_bynode": 0.5}
SAMPLED |= {"num_parallel_tree": 2}


class Interrupted(Exception):
    """The end of the spot instances of a test."""


def interrupt_at(monkeypatch, round):
    update = xgboost.Booster.update

    def until(booster, matrix, number):
        if number == round:
            raise Interrupted
        update(booster, matrix, number)

    monkeypatch.setattr(xgboost.Booster, "update", until)


def trees(fitted):
    return bytes(fitted.booster.save_raw("ubj"))


@pytest.mark.parametrize("round", [10, 33])
def test_the_resumed_model_is_the_uninterrupted_one(tmp_path, monkeypatch, round, capsys):
    (whole,) = containers(tmp_path / "whole", (1,), checkpoints=True)
    given = {"parameters": SAMPLED, "rounds": 50, "patience": 20}
    expected = fit(whole, **given)

    (container,) = containers(tmp_path / "cut", (1,), checkpoints=True)
    with monkeypatch.context() as patch, pytest.raises(Interrupted):
        interrupt_at(patch, round)
        fit(container, **given)
    capsys.readouterr()
    resumed = fit(container, **given)
    assert (trees(resumed), resumed.metrics) == (trees(expected), expected.metrics)
    assert ("continues after round 20" in capsys.readouterr().out) == (round == 33)


def test_a_job_without_a_folder_writes_none(tmp_path):
    (container,) = containers(tmp_path, (1,))
    fit(container, rounds=21)
    assert not (container.opt_ml / "checkpoints").exists()


def test_two_checkpoints_remain_and_a_broken_one_is_skipped(tmp_path, capsys):
    (container,) = containers(tmp_path, (1,), checkpoints=True)
    fit(container, rounds=60, patience=60)
    folder = container.opt_ml / "checkpoints"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["round-000040.ubj", "round-000060.ubj"]
    (folder / names[1]).write_bytes((folder / names[1]).read_bytes()[:1000])
    found = Checkpoints(container, rounds=20).newest()
    assert found.course.rounds == 40
    assert "round-000060.ubj cannot be read" in capsys.readouterr().out
    shutil.rmtree(folder)
    assert Checkpoints(container, rounds=20).newest() is None


def test_the_course_decides_the_best_round():
    course = Course()
    for number, value in enumerate([0.5, 0.4, 0.3, 0.3, 0.35]):
        course.add(f"[{number}]\ttrain-logloss:0.1\tvalidation-logloss:{value}")
    assert (course.rounds, course.best) == (5, 2)
    assert (course.has_ended(2), course.has_ended(3)) == (True, False)
    larger = Course({"train-auc": [0.9, 0.9], "validation-auc": [0.6, 0.7]})
    assert (larger.best, larger.at(1)) == (1, {"train-auc": 0.9, "validation-auc": 0.7})
