"""The app of delivery: the pipeline, and a stack of roles for each environment of the stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk

from stacks.common.template_validation import validate_templates
from stacks.config import Environment
from stacks.delivery.names import environment_of, require_own_accounts
from stacks.delivery.roles_stack import DeliveryRolesStack
from stacks.delivery.settings import Delivery
from stacks.delivery.stack import DeliveryStack
from stacks.delivery.stages import Stage


def build_delivery(
    app: cdk.App,
    delivery: Delivery,
    stages: Sequence[Stage],
    environments: Mapping[str, Environment],
) -> cdk.App:
    """Create the stacks of a delivery in `app`; on GitHub, the workflow takes the pipeline's place.

    CDK's validation of templates runs at synthesis.

    Raises:
        ConfigurationError: an environment or its account is missing, or an approval could be
            avoided because accounts are shared.
    """
    require_own_accounts(delivery, stages, environments)
    validate_templates(app)
    if delivery.runner == "CodePipeline":
        DeliveryStack(app, delivery, stages, environments)
    delivered = {stage.environment: stage for stage in stages if stage.environment}
    for stage in delivered.values():
        DeliveryRolesStack(app, delivery, environment_of(stage, environments), stages)
    return app
