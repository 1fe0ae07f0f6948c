"""Prints a file of its input."""

from pipeline_code.runtime.container import Container


def run(container: Container) -> None:
    """Print greeting.txt."""
    print((container.processing_input("files") / "greeting.txt").read_text())
