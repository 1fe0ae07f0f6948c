"""AWS::CloudWatch: alarms and dashboards."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import ServiceResource, removed_keys


class Alarm(ServiceResource):
    """AWS::CloudWatch::Alarm; Ref returns the name, Arn the ARN.

    `local_cloud.events.alarms` evaluates the alarm. Unsupported settings fail the resource.
    """

    TYPE = "AWS::CloudWatch::Alarm"
    _GIVEN = (
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluationPeriods",
        "ExtendedStatistic",
        "InsufficientDataActions",
        "MetricName",
        "Metrics",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Threshold",
        "TreatMissingData",
        "Unit",
    )
    PROPERTIES = frozenset({"AlarmName", "Tags", *_GIVEN})
    MUTABLE = PROPERTIES - {"AlarmName"}

    def create(self) -> None:
        """Call PutMetricAlarm."""
        self._put(self.properties.get("AlarmName", self.name), Tags=self.tags)

    def update(self, before: Self) -> None:
        """Call PutMetricAlarm, then update the tags, which PutMetricAlarm does not change."""
        self._put(self.physical_resource_id)
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._cloudwatch.untag_resource(ResourceARN=self.attributes["Arn"], TagKeys=removed)
        if self.tags:
            self._cloudwatch.tag_resource(ResourceARN=self.attributes["Arn"], Tags=self.tags)

    def remove(self) -> None:
        """Call DeleteAlarms."""
        self._cloudwatch.delete_alarms(AlarmNames=[self.physical_resource_id])

    @property
    def _cloudwatch(self) -> Any:
        return self.service("cloudwatch")

    def _put(self, name: str, **tags: Any) -> None:
        self._cloudwatch.put_metric_alarm(AlarmName=name, **self.given(*self._GIVEN), **tags)
        self.physical_resource_id = name
        found = self._cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        self.attributes = {"Arn": found["AlarmArn"]}


class Dashboard(ServiceResource):
    """AWS::CloudWatch::Dashboard; Ref returns the name. The laptop cloud does not draw it."""

    TYPE = "AWS::CloudWatch::Dashboard"
    PROPERTIES = frozenset({"DashboardBody", "DashboardName", "Tags"})
    MUTABLE = PROPERTIES - {"DashboardName"}

    def create(self) -> None:
        """Call PutDashboard and TagResource."""
        self._put(self.properties.get("DashboardName", self.name))

    def update(self, before: Self) -> None:
        """Call PutDashboard, which replaces the body, and update the tags."""
        self._put(self.physical_resource_id)
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._cloudwatch.untag_resource(ResourceARN=self._arn, TagKeys=removed)

    def remove(self) -> None:
        """Call DeleteDashboards."""
        self._cloudwatch.delete_dashboards(DashboardNames=[self.physical_resource_id])

    @property
    def _cloudwatch(self) -> Any:
        return self.service("cloudwatch")

    @property
    def _arn(self) -> str:
        found = self._cloudwatch.get_dashboard(DashboardName=self.physical_resource_id)
        return str(found["DashboardArn"])

    def _put(self, name: str) -> None:
        body = self.properties["DashboardBody"]
        self._cloudwatch.put_dashboard(DashboardName=name, DashboardBody=body)
        self.physical_resource_id = name
        if self.tags:
            self._cloudwatch.tag_resource(ResourceARN=self._arn, Tags=self.tags)
