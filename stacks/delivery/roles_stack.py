"""The stack in the account of an environment: a role for each access of the stages to it."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.config import Environment
from stacks.delivery.base import PREFIX, DeliveryBase
from stacks.delivery.grants import statements
from stacks.delivery.names import account_of, grant_name, project_name, role_arn
from stacks.delivery.settings import Delivery
from stacks.delivery.stages import Stage

_GITHUB = "token.actions.githubusercontent.com"
_SESSION = cdk.Duration.hours(4)
_NAMED_BY_PREFIX = "The prefix is that of the environment; the app names what follows."


class DeliveryRolesStack(DeliveryBase):
    """The roles that the stages assume, each trusted to the stages with that access alone.

    The pipeline never changes this stack: a commit cannot widen what delivery may do.
    """

    def __init__(
        self,
        scope: Construct,
        delivery: Delivery,
        environment: Environment,
        stages: Sequence[Stage],
    ) -> None:
        super().__init__(
            scope,
            f"{PREFIX}-{environment.name}",
            delivery=delivery,
            account=account_of(environment),
            region=environment.region,
            description=f"What the delivery of Redline may do in {environment.name}",
        )
        own = [stage for stage in stages if stage.environment == environment.name]
        for access in dict.fromkeys(stage.access for stage in own):
            users = [stage for stage in own if stage.access == access]
            name = access.capitalize()
            role = iam.Role(
                self,
                name,
                role_name=grant_name(users[0].grant),
                assumed_by=_trust(delivery, account_of(environment), users),
                max_session_duration=_SESSION,
            )
            granted = statements(self, environment, access)
            policy = inline_policy(self, f"{name}Policy", roles=[role], statements=granted)
            for each in granted:
                acknowledge_wildcards(policy, each.resources, _NAMED_BY_PREFIX)


def _trust(delivery: Delivery, account: str, stages: Sequence[Stage]) -> iam.IPrincipal:
    if delivery.runner == "CodePipeline":
        # A principal with the ARN of a role is no longer trusted after this role is created again:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        tools = str(delivery.account)
        builds = [role_arn(tools, project_name(stage.name)) for stage in stages]
        return iam.PrincipalWithConditions(
            iam.ArnPrincipal(f"arn:aws:iam::{tools}:root"),
            {"ArnEquals": {"aws:PrincipalArn": builds}},
        )
    # The subject of a job with an environment. Rules of the environment apply before a job gets a
    # token: https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect
    subject = f"{delivery.subject}:environment:{stages[0].grant}"
    return iam.WebIdentityPrincipal(
        f"arn:aws:iam::{account}:oidc-provider/{_GITHUB}",
        {"StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com", f"{_GITHUB}:sub": subject}},
    )
