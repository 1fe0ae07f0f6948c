"""Finds alarms whose state never changes: the laptop cloud does not write their AWS metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.deployment.assembly import StackArtifact

_OF_SERVICES = "AWS/"
# The written metrics. A test compares this list with the code that writes them.
MEASURED: Mapping[str, frozenset[str]] = {
    "AWS/Events": frozenset(
        {"FailedInvocations", "InvocationsSentToDlq", "InvocationsFailedToBeSentToDlq"}
    ),
    "AWS/Lambda": frozenset({"DeadLetterErrors", "Errors"}),
    "AWS/SageMaker": frozenset(
        {
            *("Invocations", "InvocationsPerInstance", "Invocation4XXErrors"),
            *("Invocation5XXErrors", "ModelLatency", "OverheadLatency"),
        }
    ),
    "AWS/Scheduler": frozenset({"InvocationsFailedToBeSentToDeadLetterCount"}),
    "AWS/SQS": frozenset({"ApproximateNumberOfMessagesVisible"}),
}


def unmeasured_alarms(stacks: tuple[StackArtifact, ...]) -> tuple[str, ...]:
    """Return the alarms on metrics that are not written, with their metrics, one line per alarm.

    Metrics outside of AWS' namespaces are omitted: the app writes them.
    """
    return tuple(
        f"{stack.name}: {logical_id} watches {namespace} {metric}"
        for stack in stacks
        for logical_id, namespace, metric in _watched(stack.template)
        if namespace.startswith(_OF_SERVICES) and metric not in MEASURED.get(namespace, ())
    )


def _watched(template: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for logical_id, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Namespace" in properties:
            yield logical_id, str(properties["Namespace"]), str(properties["MetricName"])
