"""The alert topic in the template."""

from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised
from tests.synthesis import statements


def test_the_topic_is_encrypted_with_the_key(environment):
    assert "DataKey" in str(environment.the("alerts", "AWS::SNS::Topic")["KmsMasterKeyId"])


def test_events_and_alarms_may_publish_and_use_the_key(environment):
    services = {"events.amazonaws.com", "cloudwatch.amazonaws.com"}
    (policy,) = environment.resources("alerts", "AWS::SNS::TopicPolicy").values()
    publish = {
        each["Principal"]["Service"]: each
        for each in statements(policy)
        if each["Effect"] == "Allow" and each["Action"] == ["sns:Publish"]
    }
    assert set(publish) == services
    # EventBridge sends no source account to SNS: a condition would block the alerts.
    assert "Condition" not in publish["events.amazonaws.com"]
    alarms = publish["cloudwatch.amazonaws.com"]["Condition"]
    assert alarms == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    key = environment.the("data", "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    used = {
        each["Principal"]["Service"]
        for each in key
        if each["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    }
    assert used == services


def test_the_configured_addresses_are_subscribed():
    for name in ENVIRONMENTS:
        found = synthesised(name).resources("alerts", "AWS::SNS::Subscription").values()
        assert [each["Properties"]["Endpoint"] for each in found] == list(
            ENVIRONMENTS[name].alert_emails
        )
        assert {each["Properties"]["Protocol"] for each in found} <= {"email"}


def test_the_addresses_hear_of_half_of_the_budget_and_of_an_expected_excess():
    """https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html

    FilterExpression and Metrics belong together; CostFilters and CostTypes are deprecated.
    """
    found = synthesised("retained").the("alerts", "AWS::Budgets::Budget")
    budget = found["Budget"]
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")
    assert budget["BudgetLimit"] == {"Amount": 3000, "Unit": "USD"}
    assert budget["Metrics"] == ["UnblendedCost"]
    filtered = {each["Tags"]["Key"]: each["Tags"]["Values"] for each in _and(budget)}
    assert filtered == {"Project": ["redline"], "Environment": ["retained"]}
    notifications = found["NotificationsWithSubscribers"]
    assert [
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"])
        for each in notifications
    ] == [("ACTUAL", 50), ("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for each in notifications:
        addresses = [subscriber["Address"] for subscriber in each["Subscribers"]]
        assert addresses == list(ENVIRONMENTS["retained"].alert_emails)


def test_an_environment_without_a_budget_has_none(environment):
    declared = environment.environment.budget is not None
    assert len(environment.resources("alerts", "AWS::Budgets::Budget")) == declared


def _and(budget):
    return budget["FilterExpression"]["And"]
