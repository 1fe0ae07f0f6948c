"""The environment variables of the container of a job or a model."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from local_cloud.isolated_python import create_interpreter


def base_environment(scratch: Path, credentials: dict[str, str]) -> dict[str, str]:
    """Return the variables that all containers have. The variables of the server are not included.

    `scratch` is a temporary folder of the host. `credentials` are the AWS_* variables of its role.
    """
    python = create_interpreter(scratch / ".python")
    return {
        "PATH": os.pathsep.join([str(python), str(Path(sys.prefix, "bin")), os.defpath]),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        # The framework images set these two variables.
        "PYTHONUNBUFFERED": "TRUE",
        "PYTHONDONTWRITEBYTECODE": "1",
        **credentials,
    }
