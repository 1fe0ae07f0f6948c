"""Decides which files of a folder are code."""

import re
from pathlib import Path

# Hidden files (checkpoints of Jupyter, locks of Emacs, swap files of Vim, .DS_Store), backups
# (x~), autosaved files of Emacs (#x#), temporary files of JetBrains, and bytecode.
_NOT_CODE = re.compile(r"\..*|.*~|#.*#|.*___jb_\w+___|__pycache__")


class SourceError(ValueError):
    """A file of code cannot be read; the message says which one and what to do."""


def source_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files of `folder` that match a glob pattern and are code, sorted.

    Raises:
        SourceError: a file is a link to a file that does not exist.
    """
    found = [path for path in folder.glob(pattern) if not path.is_dir()]
    sources = sorted(path for path in found if _is_code_in(folder, path))
    for path in sources:
        if not path.exists():
            raise SourceError(
                f"{path} is a link to {path.readlink()}, which does not exist: remove the link "
                "or restore the file"
            )
    return sources


def is_code(name: str) -> bool:
    """Return whether a file or folder of this name can be code, or editors left it there."""
    return _NOT_CODE.fullmatch(name) is None


def _is_code_in(folder: Path, path: Path) -> bool:
    return all(is_code(part) for part in path.relative_to(folder).parts)
