"""The error of the analysis that is shown to the user."""


class UserError(Exception):
    """The job's settings or data are invalid. The message is the job's ExitMessage."""
