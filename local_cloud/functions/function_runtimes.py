"""The supported runtimes of Lambda."""

from __future__ import annotations

import re

from local_cloud.errors import LocalCloudError

_PYTHON = re.compile(r"python3\.\d+")


class UnsupportedRuntime(LocalCloudError):
    """A function has a runtime that the laptop cloud does not support."""


def check_runtime(runtime: str | None) -> None:
    """Raise `UnsupportedRuntime` unless it is a Python 3 runtime. All use this venv's Python."""
    if runtime is None or not _PYTHON.fullmatch(runtime):
        raise UnsupportedRuntime(
            f"the laptop cloud runs functions in Python only, not in {runtime or 'an image'}; "
            "use a runtime python3.x and a zip"
        )
