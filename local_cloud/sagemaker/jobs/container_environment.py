"""The variables that the container of a job or a model starts with."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def base_environment(scratch: Path, credentials: dict[str, str]) -> dict[str, str]:
    """What all containers have; nothing of the server's own gets in.

    `scratch` is a folder of the host's own, `credentials` the AWS_* variables of its role.
    """
    return {
        "PATH": os.pathsep.join([str(Path(sys.prefix, "bin")), os.defpath]),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        # The framework images set these two.
        "PYTHONUNBUFFERED": "TRUE",
        "PYTHONDONTWRITEBYTECODE": "1",
        **credentials,
    }
