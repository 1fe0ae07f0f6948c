"""Faults on demand: the bad days of AWS, so that it can be seen what the app does on them."""

from __future__ import annotations

from local_cloud.faults.desk import FAULTS
from local_cloud.faults.fault import Asked

__all__ = ["FAULTS", "Asked"]
