"""Builds tiny wheels, and the wheels of the fixed pipeline `packaged`."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from pipeline_code.runtime.wheels import LOCK
from pipeline_code.wheelhouse.wheels import WHEELS, kept_wheels
from tests.application.environments import ROOT

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
PACKAGED = ROOT / "packaged"
MODULE = {"tiny/__init__.py": 'GREETING = "hello from a wheel"\n'}


def write_wheel(
    folder: Path, members: Mapping[str, str] = MODULE, *, name: str = "tiny", version: str = "1.0"
) -> Path:
    """Write a wheel, with equal bytes for equal members."""
    information = f"{name}-{version}.dist-info"
    files = {
        **members,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/RECORD": "",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as opened:
        for member, text in files.items():
            entry = zipfile.ZipInfo(member, FIXED_DATE)
            entry.create_system = 3
            opened.writestr(entry, text)
    return path


def provide_wheels() -> Path:
    """Write the wheel of `packaged` to where `wheels` would fetch it, and return it."""
    return write_wheel(kept_wheels(WHEELS, (PACKAGED / LOCK).read_text()))
