"""The names by which the accounts of a delivery refer to each other's roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stacks.config import Environment, refuse
from stacks.delivery.settings import Delivery
from stacks.delivery.stages import Stage


def project_name(stage: str) -> str:
    """Return the name of the build project of a stage, and of its role."""
    return f"redline-delivery-{stage}"


def grant_name(grant: str) -> str:
    """Return the name of the role for a grant such as `prod-deploy`."""
    return f"redline-delivery-{grant}"


def role_arn(account: str, name: str) -> str:
    """Return the ARN of a role."""
    return f"arn:aws:iam::{account}:role/{name}"


def bootstrap_roles(account: str, region: str, *kinds: str) -> list[str]:
    """Return the ARNs of roles that `cdk bootstrap` creates."""
    return [role_arn(account, f"cdk-hnb659fds-{kind}-role-{account}-{region}") for kind in kinds]


def account_of(environment: Environment) -> str:
    """Return the account of an environment.

    Raises:
        ConfigurationError: the environment names none.
    """
    if environment.account is None:
        raise refuse(
            f"account of {environment.name}",
            None,
            allowed="twelve digits in an environment that is delivered",
            remedy="set it in stacks/environments.py",
        )
    return environment.account


def require_own_accounts(
    delivery: Delivery, stages: Sequence[Stage], environments: Mapping[str, Environment]
) -> None:
    """Require that code before an approval cannot reach the accounts of stages after it.

    Raises:
        ConfigurationError: a stage after an approval is for the tools account, or for the account
            of a stage that deploys before the approval.
    """
    with_tools = delivery.runner == "CodePipeline"
    reached = {str(delivery.account): "the tools account"} if with_tools else {}
    is_approved = False
    for stage in stages:
        is_approved = is_approved or bool(stage.approval)
        if not stage.environment:
            continue
        account = account_of(environment_of(stage, environments))
        if is_approved and account in reached:
            raise refuse(
                f"account of {stage.environment}",
                account,
                allowed=f"another account than {reached[account]}, which commits reach before the "
                "approval",
                remedy="give the environment an account of its own",
            )
        if not is_approved and stage.access == "deploy":
            reached[account] = f"that of {stage.environment}"


def environment_of(stage: Stage, environments: Mapping[str, Environment]) -> Environment:
    """Return the environment of a stage. Raises ConfigurationError if it is not declared."""
    if stage.environment not in environments:
        raise refuse(
            f"environment of the stage {stage.name}",
            stage.environment,
            allowed=", ".join(environments),
            remedy="correct stacks/delivery/stages.py",
        )
    return environments[stage.environment]
