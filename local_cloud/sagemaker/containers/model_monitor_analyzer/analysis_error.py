"""The error of the analysis that reaches the person who started the job."""


class UserError(Exception):
    """The job's settings or its data cannot be used; the message is the job's ExitMessage."""
