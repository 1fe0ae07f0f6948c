"""The common base of all stacks of the app: names, location and tags."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from stacks.common.stack_policy import keep_stateful
from stacks.config import Environment


class RedlineStack(cdk.Stack):
    """A stack named `redline-<environment>-<part>`, tagged from the environment.

    With `own_assets`, its assets have a prefix of their own in the bucket of CDK's assets:
    `asset_prefix`.
    """

    def __init__(
        self,
        scope: Construct,
        part: str,
        *,
        environment: Environment,
        description: str,
        own_assets: bool = False,
    ) -> None:
        self._zones = list(environment.network.availability_zones)
        self.asset_prefix = f"redline-{environment.name}-{part}/" if own_assets else ""
        super().__init__(
            scope,
            f"redline-{environment.name}-{part}",
            env=cdk.Environment(account=environment.account, region=environment.region),
            description=description,
            # The laptop cloud cannot update the parameter that the version rule adds.
            synthesizer=cdk.DefaultStackSynthesizer(
                generate_bootstrap_version_rule=False, bucket_prefix=self.asset_prefix
            ),
            analytics_reporting=False,
        )
        self.tag(environment.tags())
        if environment.retention.removal == "retain":
            keep_stateful(self)
        if environment.lacks_account:
            self._refuse_deployment(environment.name)

    @property
    def availability_zones(self) -> list[str]:
        """The configured zones. CDK's default asks AWS; synthesis must not call AWS."""
        return self._zones

    def tag(self, tags: Mapping[str, str]) -> None:
        """Tag every resource in the stack."""
        for key, value in tags.items():
            cdk.Tags.of(self).add(key, value)

    def output(self, name: str, value: str) -> None:
        """Declare `value` as the stack's output `name`, with exactly that key."""
        cdk.CfnOutput(self, name, value=value).override_logical_id(name)

    def export(self, *values: str) -> None:
        """Export `values`, whether another stack of the app imports them at present or not.

        CDK exports only what the app imports. But CloudFormation rejects the removal of an export
        that a deployed stack imports, such as the stack of a pipeline that is disabled now.
        """
        for value in values:
            self.export_value(value)

    def _refuse_deployment(self, environment: str) -> None:
        """Make CloudFormation reject the template: the CDK does not tell a deployment from a synth.

        The assertion never holds. CloudFormation checks it before it creates or updates the stack.
        """
        cdk.CfnRule(
            self,
            "AccountIsSet",
            assertions=[
                cdk.CfnRuleAssertion(
                    assert_=cdk.Fn.condition_contains(["twelve digits"], "None"),
                    assert_description=f"account of {environment} is None: set it to twelve digits "
                    "in stacks/environments.py, or deploy with -c account=ACCOUNT; otherwise "
                    f"{environment} would be deployed to the account of the shell",
                )
            ],
        )
