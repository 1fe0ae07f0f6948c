"""Delays and duplicates deliveries according to the injected faults.

Rules, queues and asynchronous invocations deliver at least once. A delivery may be late, so that a
later event arrives first.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
"""

from __future__ import annotations

from local_cloud.faults import FAULTS, Operation
from local_cloud.faults.fault import DELIVER_EVENT


def delivery_delays(arn: str, service: str) -> tuple[float, ...]:
    """Return one delay in seconds per delivery of an event, usually (0.0,).

    `arn` identifies the rule, the queue or the function; `service` is the principal of the service
    that delivers.
    """
    fault = FAULTS.trigger(Operation(DELIVER_EVENT, (arn,), service))
    if fault is None:
        return (0.0,)
    return (0.0, fault.seconds) if fault.kind == "twice" else (fault.seconds,)
