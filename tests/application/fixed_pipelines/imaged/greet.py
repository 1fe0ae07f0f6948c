"""Prints a greeting."""

from pipeline_code.runtime.container import Container


def run(container: Container) -> None:
    """Print the name of the host."""
    print(container.host)
