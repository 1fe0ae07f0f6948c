"""Copies the files of an input to an output."""

import shutil

from pipeline_code.runtime.container import Container


def run(container: Container) -> None:
    """Write the output `files`."""
    source = container.processing_input("files")
    shutil.copytree(source, container.processing_output("files"), dirs_exist_ok=True)
