"""Which runtimes of Lambda are carried out."""

from __future__ import annotations

import re

from local_cloud.errors import LocalCloudError

_PYTHON = re.compile(r"python3\.\d+")


class UnsupportedRuntime(LocalCloudError):
    """A function asks for a runtime that the laptop cloud does not have."""


def check_runtime(runtime: str | None) -> None:
    """Raise `UnsupportedRuntime` unless this is Python 3, which runs on this venv's Python."""
    if runtime is None or not _PYTHON.fullmatch(runtime):
        raise UnsupportedRuntime(
            f"the laptop cloud runs functions in Python only, not in {runtime or 'an image'}; "
            "give a runtime python3.x and a zip"
        )
