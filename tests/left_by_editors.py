"""Files that editors, notebooks, file managers and Python leave in folders of code."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline_code.source_files import is_code

TEXT = "this is neither Python nor SQL"


def leave_files(folder: Path, name: str) -> list[Path]:
    """Write the files beside the file `name` that work on it leaves, and return them."""
    stem, _, suffix = name.partition(".")
    link = folder / f".#{name}"  # the lock of Emacs
    link.symlink_to("user@machine.1234:1700000000")
    paths = [
        folder / each
        for each in (
            f".ipynb_checkpoints/{name}",
            f".ipynb_checkpoints/{stem}-checkpoint.{suffix}",
            f"__pycache__/{stem}.cpython-312.pyc",
            f".{name}.swp",  # Vim
            f"._{name}",  # macOS
            f"#{name}#",  # Emacs
            f"{name}~",
            f".~lock.{name}#",  # LibreOffice
            f"{name}___jb_tmp___",  # JetBrains
            ".DS_Store",
            ".idea/workspace.xml",
        )
    ]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT)
    return [link, *paths]


def copy_sources(source: Path, target: Path) -> None:
    """Copy a folder without these files."""
    shutil.copytree(source, target, ignore=lambda _, names: {n for n in names if not is_code(n)})
