"""The stack of the people who operate an environment: policies, dashboard, and expiry of runs."""

from __future__ import annotations

from constructs import Construct

from stacks.base import RedlineStack
from stacks.operations.dashboard import dashboard
from stacks.operations.people_policies import people_policies
from stacks.operations.run_expiry import RunExpiry
from stacks.platform import Platform


class OperationsStack(RedlineStack):
    """Policies for readers, operators and approvers, the dashboard, and the expiry of files."""

    def __init__(self, scope: Construct, platform: Platform) -> None:
        super().__init__(
            scope,
            "operations",
            environment=platform.environment,
            description="Dashboard, and policies of the people who operate the environment",
        )
        for name, policy in people_policies(self, platform).items():
            self.output(f"{name.capitalize()}PolicyArn", policy.managed_policy_arn)
        dashboard(self, platform)
        RunExpiry(self, "RunExpiry", platform=platform)
