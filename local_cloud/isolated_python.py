"""The Python interpreter of containers and functions: packages, without projects in development.

A project that is installed in editable mode is importable in every process of its environment,
but neither in an image nor in Lambda. Python imports such a project through `.pth` files of
site-packages, which it reads only in the site-packages of the interpreter itself.
https://docs.python.org/3/library/site.html
"""

from __future__ import annotations

import site
import sys
from pathlib import Path


def create_interpreter(folder: Path) -> Path:
    """Create an interpreter in `folder`, and return the folder with its `python3`.

    It is a virtual environment, with this environment's site-packages as additional folders.
    """
    binaries = folder / "bin"
    packages = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    binaries.mkdir(parents=True, exist_ok=True)
    packages.mkdir(parents=True, exist_ok=True)
    # typeshed has no `_base_executable`, which venv itself uses.
    base = Path(sys._base_executable)  # type: ignore[attr-defined]
    for name in ("python", "python3"):
        (binaries / name).unlink(missing_ok=True)
        (binaries / name).symlink_to(base)
    (folder / "pyvenv.cfg").write_text(
        f"home = {base.parent}\ninclude-system-site-packages = false\n"
    )
    (packages / "machine.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return binaries
