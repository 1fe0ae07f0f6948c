"""Executes a notebook in its own folder: `execute_notebook.py NOTEBOOK RESULT`.

It runs in the environment of requirements-notebooks.txt, which the tests are not in.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

# A training of Redshift ML is the longest cell.
_SECONDS = 600


def main(notebook: Path, result: Path) -> None:
    """Execute the notebook; the result has the outputs, also those before an error."""
    document = nbformat.read(notebook, as_version=4)
    folder = {"metadata": {"path": str(notebook.parent)}}
    client = NotebookClient(document, timeout=_SECONDS, kernel_name="python3", resources=folder)
    try:
        client.execute()
    finally:
        nbformat.write(document, result)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
