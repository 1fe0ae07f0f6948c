"""Builds tiny wheels, and the wheels of the fixed pipeline `packaged`."""

from __future__ import annotations

from pathlib import Path

from local_cloud.tests.wheels import MODULE, write_wheel
from pipeline_code.runtime.wheels import LOCK
from pipeline_code.wheelhouse.wheels import WHEELS, kept_wheels
from tests.application.environments import ROOT

__all__ = ["MODULE", "PACKAGED", "provide_wheels", "write_wheel"]

PACKAGED = ROOT / "packaged"


def provide_wheels() -> Path:
    """Write the wheel of `packaged` to where `wheels` would fetch it, and return it."""
    return write_wheel(kept_wheels(WHEELS, (PACKAGED / LOCK).read_text()))
