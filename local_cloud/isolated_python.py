"""The Python interpreter of containers and functions: packages, without projects in development.

A project that is installed in editable mode is importable in every process of its environment,
but neither in an image nor in Lambda. Python imports such a project through `.pth` files of
site-packages, which it reads only in the site-packages of the interpreter itself.
https://docs.python.org/3/library/site.html
"""

from __future__ import annotations

import site
import sys
from collections.abc import Sequence
from pathlib import Path


def create_interpreter(folder: Path, packages: Sequence[str] | None = None) -> Path:
    """Create an interpreter in `folder`, and return the folder with its `python3`.

    It is a virtual environment with the additional folders `packages`. The default are the
    site-packages of this environment.
    """
    binaries = folder / "bin"
    own = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    binaries.mkdir(parents=True, exist_ok=True)
    own.mkdir(parents=True, exist_ok=True)
    # typeshed has no `_base_executable`, which venv itself uses.
    base = Path(sys._base_executable)  # type: ignore[attr-defined]
    for name in ("python", "python3"):
        (binaries / name).unlink(missing_ok=True)
        (binaries / name).symlink_to(base)
    (folder / "pyvenv.cfg").write_text(
        f"home = {base.parent}\ninclude-system-site-packages = false\n"
    )
    added = site.getsitepackages() if packages is None else packages
    (own / "machine.pth").write_text("\n".join(added) + "\n")
    return binaries
