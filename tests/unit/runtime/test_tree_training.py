"""XGBoost on several hosts: one model, close to that of one host; a lost host is an error."""

from __future__ import annotations

import json
import os
import signal
import time

import numpy as np
import pytest
import xgboost

from pipeline_code.runtime.bootstrap import with_deviations
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import DataError
from tests.unit.runtime.training_hosts import containers, fit, labelled, run_hosts, save


def model(container):
    return xgboost.Booster(
        {"nthread": 1}, model_file=bytearray((container.model / "trees").read_bytes())
    )


def ended(processes):
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def logloss(truth, predicted):
    return -np.mean(np.where(truth == 1, np.log(predicted), np.log(1 - predicted)))


@pytest.mark.parametrize("shares", [(1, 1, 1, 1), (3, 1, 0)])
def test_the_model_of_several_hosts_is_close_to_that_of_one(tmp_path, shares):
    hosts = containers(tmp_path, shares)
    assert ended(run_hosts(hosts, save)) == [0] * len(shares)
    trees = {(host.model / "trees").read_bytes() for host in hosts}
    facts = {(host.model / "facts").read_text() for host in hosts}
    assert len(trees) == len(facts) == 1
    assert json.loads(facts.pop())["rows"] == {"train": 1200, "validation": 400}

    (alone,) = containers(tmp_path / "alone", (1,))
    assert ended(run_hosts([alone], save)) == [0]
    test = labelled(2000, seed=3)
    both = [
        model(host).predict(xgboost.DMatrix(test.features)).astype(float)
        for host in (alone, hosts[0])
    ]
    assert np.corrcoef(*both)[0, 1] >= 0.99
    one, several = (
        with_deviations(
            test.labels == 1, each, lambda truth, found: {"logloss": logloss(truth, found)}, seed=0
        )["logloss"]
        for each in both
    )
    assert abs(one["value"] - several["value"]) <= one["standard_deviation"]


def killed_in_the_third_round(container: Container) -> None:
    """The second host ends as if it was killed, in the middle of the training."""
    if not container.is_first_host and container.host.endswith(".2"):
        update = xgboost.Booster.update

        def last(booster, matrix, number):
            if number == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            update(booster, matrix, number)

        xgboost.Booster.update = last
    save(container)


def test_a_killed_host_ends_the_others_with_an_error_and_a_retry_succeeds(tmp_path):
    hosts = containers(tmp_path, (1, 1, 1))
    assert ended(run_hosts(hosts, killed_in_the_third_round)) == [1, -signal.SIGKILL, 1]
    for host in (hosts[0], hosts[2]):
        reason = (host.opt_ml / "error").read_text()
        assert reason.startswith(f"HostError: {host.host} lost the connection to another of the 3")
        assert not (host.model / "trees").exists()
    again = containers(tmp_path / "again", (1, 1, 1))
    assert ended(run_hosts(again, save)) == [0, 0, 0]


def silent_in_the_third_round(container: Container) -> None:
    """The last host stops answering, like an instance whose network is lost."""
    if container.host == container.hosts[-1]:
        update = xgboost.Booster.update

        def stuck(booster, matrix, number):
            if number == 3:
                time.sleep(3600)
            update(booster, matrix, number)

        xgboost.Booster.update = stuck
    save(container)


def test_a_silent_host_ends_the_others_after_the_timeout(tmp_path):
    hosts = containers(tmp_path, (1, 1))
    first, silent = run_hosts(hosts, silent_in_the_third_round, silent_seconds=1)
    first.join(60)
    silent.kill()
    assert first.exitcode == 1
    assert "did not answer for 1 s" in (hosts[0].opt_ml / "error").read_text()


def test_a_side_without_rows_on_any_host_is_refused(tmp_path):
    (alone,) = containers(tmp_path, (1,))
    (alone.channel("validation") / "part.csv").write_text("")
    with pytest.raises(DataError, match="validation: no rows in the files of the channel"):
        fit(alone)


def test_labels_of_one_kind_are_refused(tmp_path):
    (alone,) = containers(tmp_path, (1,))
    (alone.channel("train") / "part.csv").write_text("1,1,2,3,4,5,6\n" * 3)
    with pytest.raises(DataError, match="train has 3 rows, 3 of them bought"):
        fit(alone, positive="bought")
