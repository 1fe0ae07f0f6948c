"""Builds tiny wheels."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
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
