"""The errors of the laptop cloud: one root, so that the command line can show them in one line.

Their names state what is wrong and are read in `raise NotRunning(...)`: no suffix is needed.
"""

from __future__ import annotations


class LocalCloudError(Exception):
    """Something a person can act on; its text says what, the value, what is allowed, what to do."""


class NotRunning(LocalCloudError):  # noqa: N818
    """No laptop cloud answers for this state folder."""


class ServerFailed(LocalCloudError):  # noqa: N818
    """The server ended or stayed silent while it was being started."""


class ForeignFolder(LocalCloudError):  # noqa: N818
    """The state folder holds files that the laptop cloud did not make."""


class DeployFailed(LocalCloudError):  # noqa: N818
    """The app was not deployed whole."""
