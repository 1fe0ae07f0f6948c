"""The environment `local` with one pipeline: tickit, which unloads each day once."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import Pipeline, Schedule
from stacks.environments import ENVIRONMENTS

TICKIT = Pipeline(
    name="tickit",
    schedule=Schedule(expression="rate(1 day)"),
    options={"extraction": "incremental", "unchanged": "skip"},
)

build_app(replace(ENVIRONMENTS["local"], pipelines=(TICKIT,)), new_app()).synth()
