"""The environments staging and prod with tickit only: `cdk synth -c env=NAME`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from stacks.application import build_app, new_app
from stacks.declared_environments import environment_named

app = new_app()
local = environment_named("local")
tickit = replace(
    next(each for each in local.pipelines if each.name == "tickit"),
    serving=None,
    parameters=json.loads(Path("threshold.json").read_text()),
)
STAGING = replace(local, name="staging", pipelines=(tickit,))
PROD = replace(
    STAGING,
    name="prod",
    account="123456789012",
    generated_data=False,
    retention=replace(local.retention, removal="retain"),
)
build_app({"staging": STAGING, "prod": PROD}[app.node.get_context("env")], app).synth()
