"""The alerts stack: the topic that notifies people of failures."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.alerts.monthly_budget import MonthlyBudget
from stacks.base import RedlineStack
from stacks.config import Environment
from stacks.lake.data_key import publishers


class AlertsStack(RedlineStack):
    """One encrypted topic and its e-mail subscriptions, and the budget of the environment."""

    def __init__(self, scope: Construct, environment: Environment, *, key: kms.IKey) -> None:
        super().__init__(
            scope,
            "alerts",
            environment=environment,
            description="Topic of Redline's failures",
        )
        self.topic = sns.Topic(
            self, "Topic", master_key=key, enforce_ssl=True, display_name="Redline alerts"
        )
        for publisher, principal in publishers(self).items():
            self.topic.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=publisher,
                    principals=[principal],
                    actions=["sns:Publish"],
                    resources=[self.topic.topic_arn],
                )
            )
        for address in environment.alert_emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))
        self.output("AlertTopicArn", self.topic.topic_arn)
        if environment.budget:
            budget = MonthlyBudget(
                self,
                "MonthlyBudget",
                monthly_usd=environment.budget.monthly_usd,
                tags=environment.cost_allocation_tags(),
                emails=environment.alert_emails,
            )
            self.output("BudgetName", budget.name)
