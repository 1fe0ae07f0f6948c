"""The environment `local` with Redshift ML, bank trained on two spot instances, and an endpoint.

The context value `engine` is that option of the pipeline.
"""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import Serving
from stacks.declared_environments import environment_named

local = environment_named("local")
TRAINING_ON_TWO_HOSTS = {"ProcessingInstanceCount": 2, "TrainingInstanceCount": 2}
(bank,) = (each for each in local.pipelines if each.name == "bank")
app = new_app()
options = {"engine": app.node.try_get_context("engine") or "hosts"}
build_app(
    replace(
        local,
        warehouse=replace(local.warehouse, machine_learning=True),
        pipelines=(
            replace(
                bank,
                serving=Serving(bake_seconds=2),
                options={**bank.options, **options, "capacity": "spot"},
                parameters={**bank.parameters, **TRAINING_ON_TWO_HOSTS},
            ),
        ),
    ),
    app,
).synth()
