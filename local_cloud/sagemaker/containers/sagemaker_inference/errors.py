"""Errors that decide the status of a reply. Source: sagemaker_inference.errors."""

from __future__ import annotations


class BaseInferenceToolkitError(Exception):
    """A problem with a request: the status and the message to send, and the reason phrase."""

    def __init__(self, status_code: int, message: str, phrase: str) -> None:
        self.status_code = status_code
        self.message = message
        self.phrase = phrase
        super().__init__(status_code, message, phrase)
