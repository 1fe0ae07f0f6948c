"""Runs a training on several hosts: one process per host, each with its own files, on loopback."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Sequence
from itertools import count
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import numpy as np

from pipeline_code.runtime import training_group
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.tree_training import Fitted, fit_trees
from pipeline_code.runtime.xgboost_csv import Labelled, write_labelled
from tests.unit.warm_process import warm_context

FEATURES = 6
PARAMETERS = {"objective": "binary:logistic", "eval_metric": "logloss", "max_depth": 4, "eta": 0.2}
PARAMETERS |= {"nthread": 1}
_NETWORKS = count(os.getpid() % 200)


def labelled(rows: int, *, seed: int) -> Labelled:
    """Rows whose label depends on two features, and on chance."""
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(rows, FEATURES)).round(3)
    score = features[:, 0] + features[:, 1] * features[:, 0] + generator.normal(size=rows)
    return Labelled(features, (score > 0).astype(np.int32))


def containers(folder: Path, shares: Sequence[int], *, checkpoints: bool = False) -> list[Any]:
    """Return the containers of a job; host n gets `shares[n]` parts of the rows of each side.

    The names of the hosts are addresses, which no other test uses at the same time.
    """
    network = f"127.{100 + os.getpid() % 100}.{next(_NETWORKS) % 250}"
    hosts = [f"{network}.{number}" for number in range(1, len(shares) + 1)]
    found = [Container(folder / host) for host in hosts]
    for container, host in zip(found, hosts, strict=True):
        config = container.opt_ml / "input/config"
        config.mkdir(parents=True)
        (config / "resourceconfig.json").write_text(
            json.dumps({"current_host": host, "hosts": hosts})
        )
        if checkpoints:
            (config / "checkpointconfig.json").write_text('{"LocalPath": "/opt/ml/checkpoints"}')
    for side, rows, seed in (("train", 1200, 1), ("validation", 400, 2)):
        everything, begin = labelled(rows, seed=seed), 0
        for container, share in zip(found, shares, strict=True):
            container.channel(side).mkdir(parents=True)
            end = begin + rows * share // sum(shares)
            part = Labelled(everything.features[begin:end], everything.labels[begin:end])
            write_labelled(part, container.channel(side) / "part.csv")
            begin = end
    return found


def fit(container: Container, **more: Any) -> Fitted:
    """Fit with the settings of these tests."""
    given = {"parameters": PARAMETERS, "features": FEATURES, "rounds": 30, "patience": 10, **more}
    return fit_trees(container, given.pop("parameters"), **given)


def save(container: Container, **more: Any) -> None:
    """Fit, and write trees and facts to the model folder of every host."""
    fitted = fit(container, **more)
    (container.model / "trees").write_bytes(fitted.booster.save_raw("ubj"))
    facts = {"metrics": dict(fitted.metrics), "rows": dict(fitted.rows)}
    (container.model / "facts").write_text(json.dumps(facts))


def run_hosts(
    hosts: Sequence[Container], work: Callable[[Container], None], *, silent_seconds: int = 60
) -> list[ForkServerProcess]:
    """Start `work` in a process for each host, and return the processes.

    An error is written to the file `error` in the folder of its host.
    """
    processes = [
        warm_context().Process(target=_run, args=(work, container, silent_seconds))
        for container in hosts
    ]
    for process in processes:
        process.start()
    return processes


def _run(work: Callable[[Container], None], container: Container, silent_seconds: int) -> None:
    training_group.SILENT_SECONDS = silent_seconds
    try:
        work(container)
    except Exception as error:  # the job's outermost level does the same
        (container.opt_ml / "error").write_text(f"{type(error).__name__}: {error}")
        traceback.print_exc()
        raise SystemExit(1) from error
