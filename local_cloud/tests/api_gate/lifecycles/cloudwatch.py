"""Metrics and alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

METRIC = {"Namespace": "Life", "MetricName": "Errors"}


def alarm(aws):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="life",
        **METRIC,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )

    def shown():
        return cloudwatch.describe_alarms(AlarmNames=["life"])["MetricAlarms"]

    arn = shown()[0]["AlarmArn"]
    cloudwatch.set_alarm_state(AlarmName="life", StateValue="ALARM", StateReason="try")
    assert shown()[0]["StateValue"] == "ALARM"
    tags = [{"Key": "team", "Value": "a"}]
    cloudwatch.tag_resource(ResourceARN=arn, Tags=tags)
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
    cloudwatch.delete_alarms(AlarmNames=["life"])
    assert shown() == []


def metric(aws):
    cloudwatch = aws.client("cloudwatch")
    now = datetime.now(UTC)
    span = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=5)}
    for value in (2.0, 3.0):
        data = [{"MetricName": "Errors", "Value": value, "Timestamp": now}]
        cloudwatch.put_metric_data(Namespace="Life", MetricData=data)
    listed = cloudwatch.list_metrics(Namespace="Life")["Metrics"]
    assert {each["MetricName"] for each in listed} == {"Errors"}
    points = cloudwatch.get_metric_statistics(**METRIC, **span, Period=600, Statistics=["Sum"])
    assert sum(point["Sum"] for point in points["Datapoints"]) == 5
    query = {"Id": "a", "MetricStat": {"Metric": METRIC, "Period": 600, "Stat": "Sum"}}
    data = cloudwatch.get_metric_data(MetricDataQueries=[query], **span)
    assert sum(data["MetricDataResults"][0]["Values"]) == 5


def dashboard(aws):
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_dashboard(DashboardName="life", DashboardBody='{"widgets": []}')
    assert cloudwatch.get_dashboard(DashboardName="life")["DashboardBody"] == '{"widgets": []}'
    listed = cloudwatch.list_dashboards()["DashboardEntries"]
    assert [each["DashboardName"] for each in listed] == ["life"]
    cloudwatch.delete_dashboards(DashboardNames=["life"])
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []
