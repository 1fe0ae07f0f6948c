"""The command `smoke`: the whole life of an environment, with every call recorded."""


class SmokeError(Exception):
    """A phase did not see what it expects. The message has the reason of the service."""
