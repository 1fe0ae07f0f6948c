"""Injected faults: imitates failures of AWS, to test how the app handles them."""

from __future__ import annotations

from local_cloud.faults.fault import Operation
from local_cloud.faults.fault_registry import FAULTS

__all__ = ["FAULTS", "Operation"]
