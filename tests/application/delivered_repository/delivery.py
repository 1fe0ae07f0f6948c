"""The delivery of this repository to two accounts, with an approval in between."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import new_app
from stacks.delivery.application import build_delivery
from stacks.delivery.settings import Delivery
from stacks.delivery.stages import Stage
from stacks.environments import ENVIRONMENTS

ACCOUNTS = {"staging": "333333333333", "prod": "444444444444"}
STAGES = (
    Stage(name="checks", commands=("python -m pytest -q -p no:cacheprovider test_threshold.py",)),
    Stage(name="staging", environment="staging", commands=("make deploy ENV=staging",)),
    Stage(name="approval", approval="Deploy to prod?"),
    Stage(name="prod", environment="prod", commands=("make deploy ENV=prod",)),
)
build_delivery(
    new_app(),
    Delivery(repository="example/delivered", account="111111111111"),
    STAGES,
    {name: replace(ENVIRONMENTS[name], account=each) for name, each in ACCOUNTS.items()},
).synth()
