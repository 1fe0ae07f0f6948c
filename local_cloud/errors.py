"""The errors of the laptop cloud. The command line prints every `LocalCloudError` as a message.

The names describe the problem, as in `raise NotRunning(...)`, without the suffix Error.
"""

from __future__ import annotations


class LocalCloudError(Exception):
    """Base class. The text states the problem, the value, the allowed values and the remedy."""


class NotRunning(LocalCloudError):
    """No laptop cloud is running for this state folder."""


class ServerFailed(LocalCloudError):
    """The server ended or did not respond during its start."""


class ForeignFolder(LocalCloudError):
    """The state folder is a file, or contains files that the laptop cloud did not create."""


class DeployFailed(LocalCloudError):
    """The app was not deployed completely."""


def reason(error: Exception) -> str:
    """Return the text of an error for the user: the message of the service, else type and text."""
    if hasattr(error, "message"):
        return str(error.message)
    if type(error).__module__ == "builtins":
        return f"{type(error).__name__}: {error}"
    return str(error)
