"""The CDK app of the fixed environments: `cdk synth -c env=NAME`."""

from __future__ import annotations

from stacks.application import build_app, new_app
from tests.application.environments import ENVIRONMENTS, FIXED

app = new_app()
build_app(ENVIRONMENTS[app.node.get_context("env")], app, **FIXED).synth()
