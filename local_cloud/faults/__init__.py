"""Faults on demand: the bad days of AWS, so that it can be seen what the app does on them."""

from __future__ import annotations

from local_cloud.faults.fault import Operation
from local_cloud.faults.fault_registry import FAULTS

__all__ = ["FAULTS", "Operation"]
