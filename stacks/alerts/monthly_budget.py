"""The budget of an environment: e-mails when its costs approach or exceed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_budgets as budgets
from constructs import Construct

# Pairs of type and percentage.
THRESHOLDS = (("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


class MonthlyBudget(Construct):
    """A budget of the costs of all resources with `tags`. AWS generates its name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-budgets-budget-budgetdata.html
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        monthly_usd: int,
        tags: Mapping[str, str],
        emails: Sequence[str],
    ) -> None:
        super().__init__(scope, name)
        subscribers = [
            budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=each)
            for each in emails
        ]
        budget = budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=monthly_usd, unit="USD"),
                filter_expression=_has_all(tags),
                metrics=["UnblendedCost"],
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=_notification(kind, percent), subscribers=subscribers
                )
                for kind, percent in THRESHOLDS
            ],
        )
        self.name = budget.ref


def _has_all(tags: Mapping[str, str]) -> budgets.CfnBudget.ExpressionProperty:
    """Return the filter for resources with all tags. The deprecated CostFilters have no AND."""
    each = [
        budgets.CfnBudget.ExpressionProperty(
            tags=budgets.CfnBudget.TagValuesProperty(
                key=key, values=[value], match_options=["EQUALS"]
            )
        )
        for key, value in tags.items()
    ]
    return budgets.CfnBudget.ExpressionProperty(and_=each)


def _notification(kind: str, percent: int) -> budgets.CfnBudget.NotificationProperty:
    return budgets.CfnBudget.NotificationProperty(
        notification_type=kind,
        comparison_operator="GREATER_THAN",
        threshold=percent,
        threshold_type="PERCENTAGE",
    )
