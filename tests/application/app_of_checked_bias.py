"""The environment `local` with census, which checks the bias of its model, and its monitor."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import Pipeline, Schedule
from stacks.environments import ENVIRONMENTS

CENSUS = Pipeline(
    name="census",
    schedule=Schedule(expression="rate(1 day)"),
    options={"bias": "checked", "analysis": "rows", "baseline": "model_monitor"},
)
MONITOR = Pipeline(
    name="census-monitor",
    models_of="census",
    retrains=True,
    schedule=Schedule(expression="rate(1 day)"),
    options={"bias": "measured"},
)

build_app(replace(ENVIRONMENTS["local"], pipelines=(CENSUS, MONITOR)), new_app()).synth()
