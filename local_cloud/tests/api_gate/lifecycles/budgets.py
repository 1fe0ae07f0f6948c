"""Budgets with their notifications."""

from __future__ import annotations

import pytest


def budget(aws):
    budgets, mine = aws.client("budgets"), {"AccountId": aws.account}
    alert = {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.0,
        "ThresholdType": "PERCENTAGE",
    }
    subscriber = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
    tags = {"Tags": {"Key": "team", "Values": ["a"], "MatchOptions": ["EQUALS"]}}
    budgets.create_budget(
        **mine,
        Budget={
            "BudgetName": "life",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "10", "Unit": "USD"},
            "FilterExpression": tags,
            "Metrics": ["UnblendedCost"],
        },
        NotificationsWithSubscribers=[{"Notification": alert, "Subscribers": [subscriber]}],
    )
    shown = budgets.describe_budget(**mine, BudgetName="life")["Budget"]
    assert shown["BudgetLimit"] == {"Amount": "10", "Unit": "USD"}
    assert shown["FilterExpression"] == tags
    listed = budgets.describe_budgets(**mine)["Budgets"]
    assert "life" in [each["BudgetName"] for each in listed]
    found = budgets.describe_notifications_for_budget(**mine, BudgetName="life")["Notifications"]
    assert found == [alert]
    budgets.delete_budget(**mine, BudgetName="life")
    with pytest.raises(budgets.exceptions.NotFoundException):
        budgets.describe_budget(**mine, BudgetName="life")
