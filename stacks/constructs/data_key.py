"""The customer key of everything an environment stores."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.config import Environment
from stacks.constructs.removal import removal_policy

# They publish to the encrypted alert topic. EventBridge sends no source account with its requests
# to SNS, so a condition on one would silence it (EventBridge User Guide, "Troubleshooting").
PUBLISHERS = ("events.amazonaws.com", "cloudwatch.amazonaws.com")


def data_key(scope: Construct, name: str, environment: Environment) -> kms.Key:
    """A key that rotates every year, with the alias `alias/redline-<environment>`."""
    key = kms.Key(
        scope,
        name,
        alias=f"alias/redline-{environment.name}",
        description=f"Everything that Redline stores in {environment.name}",
        enable_key_rotation=True,
        removal_policy=removal_policy(environment.retention),
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlertPublishers",
            principals=[iam.ServicePrincipal(service) for service in PUBLISHERS],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],  # in a key's own policy: this key
        )
    )
    return key
