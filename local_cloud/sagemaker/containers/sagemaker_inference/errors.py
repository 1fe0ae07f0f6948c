"""Errors that set the status of a response. Source: sagemaker_inference.errors."""

from __future__ import annotations


class BaseInferenceToolkitError(Exception):
    """A problem with a request: the status, the message and the reason phrase of the response."""

    def __init__(self, status_code: int, message: str, phrase: str) -> None:
        self.status_code = status_code
        self.message = message
        self.phrase = phrase
        super().__init__(status_code, message, phrase)
