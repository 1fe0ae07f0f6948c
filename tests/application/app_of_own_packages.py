"""The pipeline `boosted`, whose model needs packages that no image has."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import Pipeline, Serving
from tests.application.environments import BASIC, DAILY

serving = Serving(min_instances=1, initial_instances=1, max_instances=2, bake_seconds=2)
boosted = Pipeline(name="boosted", schedule=DAILY, serving=serving)
build_app(replace(BASIC, name="packages", pipelines=(boosted,)), new_app()).synth()
