"""Pack a pipeline's step scripts and the runtime into one zip that Python can execute."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline_code.imported_modules import modules_of_others
from pipeline_code.pipelines import FOLDER, folder_of, names, package_of
from pipeline_code.runtime.databases.variables import QUERIES
from pipeline_code.runtime.feature_declaration import FILE
from pipeline_code.runtime.wheels import LOCK
from pipeline_code.source_files import source_files

# The earliest date of the format. With one date for all files, the archive's hash is reproducible.
FIXED_DATE = (1980, 1, 1, 0, 0, 0)
READABLE_FILE = 0o100644 << 16
UNIX = 3
# The pages that jobs write.
PAGES = FOLDER.parent / "html_pages"
NOT_FOR_JOBS = {"pipeline.py", "sample_data", "tests"}
MAIN = """\
from pipeline_code.runtime.job import main

raise SystemExit(main("{package}"))
"""


def build_archive(name: str, folder: Path, root: Path = FOLDER) -> Path:
    """Write `folder/<name>.zip`, the code of every job of the pipeline, and return its path.

    A job starts it with `python3 <name>.zip <step>`. The same sources produce the same bytes: the
    files are sorted, have one date and are not compressed, because zlib's output depends on its
    version. Raises ValueError if `root` has no such pipeline.
    """
    if name not in names(root):
        raise ValueError(f"no pipeline {name!r}: expected one of {', '.join(names(root))}")
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as opened:
        add_file(opened, "__main__.py", MAIN.format(package=package_of(name, root)).encode())
        for path, source in _sources(folder_of(name, root)):
            add_file(opened, path, source.read_bytes())
    return archive


def _sources(pipeline: Path) -> Iterator[tuple[str, Path]]:
    """Yield path and file of each module, style sheet, list of wheels, group and query."""
    for root in sorted({FOLDER, pipeline.parent}):
        yield f"{root.name}/__init__.py", root / "__init__.py"
    for path in source_files(PAGES, "**/*"):
        yield path.relative_to(PAGES.parent).as_posix(), path
    for folder in sorted([FOLDER / "runtime", pipeline]):
        patterns = ("**/*.py", f"**/{LOCK}", FILE, f"{QUERIES}/*.sql")
        for path in (path for each in patterns for path in source_files(folder, each)):
            if NOT_FOR_JOBS.isdisjoint(path.relative_to(folder).parts):
                yield path.relative_to(folder.parents[1]).as_posix(), path
    others = modules_of_others(pipeline)
    for path in sorted({*others, *(each.with_name("__init__.py") for each in others)}):
        yield path.relative_to(pipeline.parents[1]).as_posix(), path


def add_file(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    """Add a file with the date and the permissions that make an archive reproducible."""
    entry = zipfile.ZipInfo(path, FIXED_DATE)
    entry.create_system = UNIX
    entry.external_attr = READABLE_FILE
    archive.writestr(entry, content)
