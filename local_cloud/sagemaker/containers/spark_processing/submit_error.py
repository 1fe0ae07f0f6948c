"""Why a job of Spark cannot be submitted, or failed."""


class SubmitError(Exception):
    """The message of the host, and its exit code."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code
