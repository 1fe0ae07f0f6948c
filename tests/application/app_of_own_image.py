"""The pipeline `shaped`, whose image a deployment builds from its Dockerfile."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import Pipeline, Serving
from tests.application.environments import BASIC, DAILY, FIXED

SHAPED = Pipeline(name="shaped", schedule=DAILY, serving=Serving(bake_seconds=2))
IMAGES = replace(BASIC, name="images", pipelines=(SHAPED,))

if __name__ == "__main__":
    build_app(IMAGES, new_app(), **FIXED).synth()
