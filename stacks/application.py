"""The app: the only list of its stacks."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk

from stacks.alerts import AlertsStack
from stacks.config import Environment
from stacks.data import DataStack
from stacks.network import NetworkStack
from stacks.warehouse import WarehouseStack

SETTINGS = Path(__file__).resolve().parents[1] / "cdk.json"


def new_app(outdir: Path | None = None) -> cdk.App:
    """An app without stacks, with the feature flags of cdk.json however Python was started."""
    return cdk.App(
        context=json.loads(SETTINGS.read_text())["context"],
        outdir=str(outdir) if outdir else None,
        analytics_reporting=False,
        tree_metadata=False,
        builtin_cloud_formation_validation=False,
    )


def build_app(environment: Environment, app: cdk.App | None = None) -> cdk.App:
    """Every stack of `environment` in `app`, or in a new one."""
    app = app or new_app()
    network = NetworkStack(app, environment)
    data = DataStack(app, environment)
    WarehouseStack(app, environment, network=network, data=data)
    AlertsStack(app, environment, key=data.key)
    return app
