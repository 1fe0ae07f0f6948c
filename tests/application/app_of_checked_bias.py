"""The environment `local` with one pipeline: census, which checks the bias of its model."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import Pipeline, Schedule
from stacks.environments import LOCAL

CENSUS = Pipeline(
    name="census", schedule=Schedule(expression="rate(1 day)"), options={"bias": "checked"}
)

build_app(replace(LOCAL, pipelines=(CENSUS,)), new_app()).synth()
