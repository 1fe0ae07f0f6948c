"""Environments in an existing VPC and an existing warehouse: `cdk synth -c env=cluster`."""

from __future__ import annotations

from stacks.application import build_app, new_app
from tests.application.environments import FIXED
from tests.application.existing_warehouse import in_warehouse

if __name__ == "__main__":
    app = new_app()
    build_app(in_warehouse(app.node.get_context("env")), app, **FIXED).synth()
