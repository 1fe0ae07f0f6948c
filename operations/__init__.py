"""`redline`: commands for a deployed environment, on AWS or on the laptop cloud."""


class OperationError(Exception):
    """A command cannot do what it was asked for; the message says why and what to do."""


class NotFound(OperationError):
    """What a command names does not exist."""
