"""Faults that can be injected into the hosts of jobs and models."""

from __future__ import annotations

from local_cloud.faults import FAULTS
from local_cloud.faults.fault import RUN_HOST, Fault, Operation
from local_cloud.sagemaker.role_session import RoleSession

FULL_DISK = "disk_full"
KILL = "kill"
LOST_INSTANCE = "lost_instance"
INTERRUPT = "interrupt"


def fault_of(host_arn: str, session: RoleSession) -> Fault | None:
    """Return the fault for a host that is about to start, by `<job or variant>/<host>`."""
    return FAULTS.trigger(Operation(RUN_HOST, (host_arn,), session.role_name, session.arn))


def has_full_disk(fault: Fault | None) -> bool:
    """Return whether the fault fills the disk of the host."""
    return fault is not None and fault.kind == FULL_DISK
