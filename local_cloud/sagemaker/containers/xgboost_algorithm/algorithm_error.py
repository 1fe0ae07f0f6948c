"""The error of the algorithm that is shown to the user."""


class UserError(Exception):
    """The job's request or data is invalid. The message is the job's FailureReason."""
