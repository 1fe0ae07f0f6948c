"""Environments in an existing VPC: `cdk synth -c env=endpoints`, `missing` or `internet`."""

from __future__ import annotations

from stacks.application import build_app, new_app
from tests.application.environments import FIXED
from tests.application.existing_network import in_network

if __name__ == "__main__":
    app = new_app()
    build_app(in_network(app.node.get_context("env")), app, **FIXED).synth()
