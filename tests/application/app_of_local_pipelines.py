"""The environment `local` with only those of its pipelines that cdk.json names."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.declared_environments import environment_named

app = new_app()
names = app.node.get_context("pipelines")
local = environment_named("local")
pipelines = tuple(each for each in local.pipelines if each.name in names)
build_app(replace(local, pipelines=pipelines), app).synth()
