"""An environment without pipelines whose network grows: `cdk synth -c env=two`, then `three`."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from tests.application.environments import BASIC

TWO = replace(BASIC, pipelines=())
ZONES = (*TWO.network.availability_zones, "us-east-1c")
NETWORKS = {
    "two": TWO.network,
    "three": replace(TWO.network, availability_zones=ZONES, nat_gateways=1),
}

if __name__ == "__main__":
    app = new_app()
    network = NETWORKS[app.node.get_context("env")]
    build_app(replace(TWO, network=network), app).synth()
