"""The environment of a notebook: that of REDLINE_ENV, on AWS or on the laptop cloud."""

from __future__ import annotations

import os
from pathlib import Path

from operations.connection import connect
from operations.environment_clients import EnvironmentClients


def environment() -> EnvironmentClients:
    """Return the environment, as the commands do.

    The folder of the project becomes the current one, so that paths are those of the commands:
    JupyterLab starts a notebook in the notebook's own folder.

    Raises:
        OperationError: the laptop cloud is not running, or the environment is not declared.
    """
    os.chdir(Path(__file__).resolve().parents[1])
    return connect(os.environ.get("REDLINE_ENV"), None)
