"""The error of an algorithm that reaches the person who started the job."""


class UserError(Exception):
    """The job's request or its data cannot be used; the message is the job's FailureReason."""
