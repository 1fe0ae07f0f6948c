"""Publishes the event of a statement that was started with WithEvent."""

from __future__ import annotations

from datetime import datetime

from local_cloud.context import Cloud
from local_cloud.events import publish
from local_cloud.redshift.api.statements import Statement


def announce(cloud: Cloud, statement: Statement, at: datetime) -> None:
    """Publish the final status of a statement to EventBridge.

    Source: "Monitoring events for the Amazon Redshift Data API in EventBridge".
    """
    request = statement.request
    publish(
        cloud,
        source="aws.redshift-data",
        detail_type="Redshift Data Statement Status Change",
        resources=[request.endpoint.arn],
        detail={
            "principal": request.caller,
            "statementName": request.name or "",
            "statementId": statement.id,
            "redshiftQueryId": statement.pid,
            "state": statement.whole.status,
            "rows": statement.parts[-1].outcome.rows,
            "expireAt": int(at.timestamp()) + 24 * 60 * 60,
        },
    )
