"""Injected faults: simulates failures of AWS, to test how the app handles failures."""

from __future__ import annotations

from local_cloud.faults.fault import Operation
from local_cloud.faults.fault_registry import FAULTS

__all__ = ["FAULTS", "Operation"]
