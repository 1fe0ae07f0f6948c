"""The errors of the laptop cloud: one root, so that the command line can show them in one line.

Their names state what is wrong and are read in `raise NotRunning(...)`: no suffix is needed.
"""

from __future__ import annotations


class LocalCloudError(Exception):
    """Something a person can act on; its text says what, the value, what is allowed, what to do."""


class NotRunning(LocalCloudError):
    """No laptop cloud answers for this state folder."""


class ServerFailed(LocalCloudError):
    """The server ended or stayed silent while it was being started."""


class ForeignFolder(LocalCloudError):
    """The state folder holds files that the laptop cloud did not make."""


class DeployFailed(LocalCloudError):
    """The app was not deployed whole."""


def reason(error: Exception) -> str:
    """What a person should read of any error: the service's message, or the kind of a surprise."""
    if hasattr(error, "message"):
        return str(error.message)
    if type(error).__module__ == "builtins":
        return f"{type(error).__name__}: {error}"
    return str(error)
