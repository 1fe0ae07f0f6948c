"""The common base of the stacks of delivery: their names, location and tags."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from stacks.delivery.settings import Delivery

# Not the prefix of an environment: its next deployment would delete the stack as one that the app
# of the environment no longer contains.
PREFIX = "redline-delivery"


class DeliveryBase(cdk.Stack):
    """A stack with this name and these tags."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        delivery: Delivery,
        account: str,
        region: str,
        description: str,
    ) -> None:
        super().__init__(
            scope,
            name,
            env=cdk.Environment(account=account, region=region),
            description=description,
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
            analytics_reporting=False,
        )
        for key, value in delivery.tags().items():
            cdk.Tags.of(self).add(key, value)
