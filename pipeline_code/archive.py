"""Packs a pipeline's step scripts and the runtime into one zip that Python runs as it is."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline_code.pipelines import FOLDER, folder_of, names, package_of

# Zip has no earlier date. One date for every file keeps the archive, and so its hash, reproducible.
FIXED_DATE = (1980, 1, 1, 0, 0, 0)
READABLE_FILE = 0o100644 << 16
UNIX = 3
NOT_FOR_JOBS = {"pipeline.py", "sample_data", "tests", "__pycache__"}
MAIN = """\
from pipeline_code.runtime.job import main

raise SystemExit(main("{package}"))
"""


def build_archive(name: str, folder: Path) -> Path:
    """Write `folder/<name>.zip`, the code of every job of the pipeline, and return its path.

    Started as `python3 <name>.zip <step>`. The same sources give the same bytes everywhere: the
    files are sorted, dated alike and stored uncompressed, as zlib's output differs by version.
    Raises ValueError when there is no such pipeline.
    """
    if name not in names():
        raise ValueError(f"no pipeline {name!r}: expected one of {', '.join(names())}")
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        _add(opened, "__main__.py", MAIN.format(package=package_of(name)).encode())
        for source in _sources(name):
            path = source.relative_to(FOLDER.parent).as_posix()
            _add(opened, path, source.read_bytes())
    return archive


def _sources(name: str) -> Iterator[Path]:
    yield FOLDER / "__init__.py"
    for folder in sorted([FOLDER / "runtime", folder_of(name)]):
        for path in sorted(folder.rglob("*.py")):
            if NOT_FOR_JOBS.isdisjoint(path.relative_to(folder).parts):
                yield path


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(path, FIXED_DATE)
    entry.create_system = UNIX
    entry.external_attr = READABLE_FILE
    archive.writestr(entry, content)
