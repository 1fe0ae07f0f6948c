"""The laptop cloud implements each operation that a recorded run of the deployed roles called."""

from __future__ import annotations

from moto.core.utils import get_service_model

from local_cloud.api_gate.supported_operations import supported_operations
from tests.permissions.record import recorded_calls
from tests.permissions.templates import RECORDED

# Other services use these services with the permissions of a role; no client calls their API.
IMPLIED = {"ec2", "ecr", "kms", "tag"}


def test_recorded_operations_are_implemented():
    actions = {call["action"] for name in RECORDED for call in recorded_calls(name)}
    operations = {
        (service, name)
        for service, _, name in (action.partition(":") for action in actions)
        if service not in IMPLIED and name in get_service_model(service).operation_names
    }
    assert len(operations) > 40
    missing = {(service, n) for service, n in operations if n not in supported_operations(service)}
    assert missing == set()
