"""When a delivery takes place: now, or, where a fault says so, twice or late.

Rules, queues and asynchronous invocations all deliver at least once, and each may be late; so what
follows overtakes it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
"""

from __future__ import annotations

from local_cloud.faults import FAULTS, Operation
from local_cloud.faults.fault import DELIVER_EVENT


def delivery_delays(arn: str, service: str) -> tuple[float, ...]:
    """After how many seconds each delivery of an event takes place, usually (0.0,).

    `arn` is that of the rule, the queue or the function that is about to deliver, `service` that of
    the service that delivers.
    """
    fault = FAULTS.trigger(Operation(DELIVER_EVENT, (arn,), service))
    if fault is None:
        return (0.0,)
    return (0.0, fault.seconds) if fault.kind == "twice" else (fault.seconds,)
