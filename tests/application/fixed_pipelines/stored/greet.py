"""Writes a greeting."""

from pipeline_code.runtime.container import Container


def run(container: Container) -> None:
    """Write greeting.txt to the output `greeting`."""
    (container.processing_output("greeting") / "greeting.txt").write_text("hello")
