"""The environment variables of the container of a job or a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from local_cloud.child_environment import isolated_variables
from local_cloud.isolated_python import create_interpreter
from local_cloud.sagemaker.role_session import RoleSession

# The folder of the interpreter in the temporary folder of a host.
INTERPRETER = ".python"
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def base_environment(
    scratch: Path,
    session: RoleSession,
    *,
    has_network: bool,
    packages: Sequence[str] | None = None,
) -> dict[str, str]:
    """Return the variables that all containers have. The variables of the server are not included.

    `packages` are the folders with the packages of the image, or None for those of this machine.
    `scratch` is a temporary folder of the host, and `session` that of its role. With network
    isolation "no AWS credentials are made available to the container runtime environment":
    https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
    """
    python = create_interpreter(scratch / INTERPRETER, packages)
    return {
        **isolated_variables(python, scratch),
        # The framework images set these two variables.
        "PYTHONUNBUFFERED": "TRUE",
        "PYTHONDONTWRITEBYTECODE": "1",
        **{
            name: value
            for name, value in session.variables.items()
            if has_network or name not in _CREDENTIALS
        },
    }
