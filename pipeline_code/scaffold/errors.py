"""Errors of the command: a pipeline cannot be created."""


class ScaffoldError(ValueError):
    """The pipeline cannot be created. The message says why and what is allowed."""


class InvalidName(ScaffoldError):
    """The name is not allowed for a new pipeline. The message states what is allowed."""


class InvalidSource(ScaffoldError):
    """No pipeline can be created from the file."""
