"""Runs the step scripts of a pipeline on sample data in one process, without a cloud."""


class TrialError(Exception):
    """A pipeline cannot be tried; the message says what to do."""
