"""Publishes the number of messages in a queue as a metric, as SQS does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.sqs.models import sqs_backends

from local_cloud.context import ACCOUNT_ID

NAMESPACE, METRIC = "AWS/SQS", "ApproximateNumberOfMessagesVisible"
_PUT_INTERVAL = timedelta(minutes=1)


class QueueDepths:
    """Publishes the depth of each queue that an alarm uses: every minute, and on changes."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, datetime]] = {}

    def measure(self, backend: Any) -> None:
        """Publish the depths that are due. `backend` is moto's CloudWatch."""
        watched = {
            dimension.value
            for alarm in list(backend.alarms.values())
            if (alarm.namespace, alarm.metric_name) == (NAMESPACE, METRIC)
            for dimension in alarm.dimensions
        }
        queues = sqs_backends[ACCOUNT_ID][backend.region_name].queues
        for name in sorted(watched & set(queues)):
            self._put_depth(backend, name, int(queues[name].approximate_number_of_messages))

    def _put_depth(self, backend: Any, name: str, depth: int) -> None:
        now = datetime.now(UTC)
        last, at = self._last.get(name, (None, now))
        if depth == last and now - at < _PUT_INTERVAL:
            return
        self._last[name] = (depth, now)
        datum = {
            "MetricName": METRIC,
            "Dimensions": [{"Name": "QueueName", "Value": name}],
            "Value": float(depth),
            "Unit": "Count",
        }
        backend.put_metric_data(NAMESPACE, [datum])
