"""The files to load: real ones of a folder, generated ones for the tables that it lacks."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from string import Template

from warehouse.deployment import Deployment
from warehouse.errors import LoadError
from warehouse.statements import split

REPOSITORY = Path(__file__).resolve().parents[1]
DATA_SET = "tickit"
STATEMENTS = REPOSITORY / "pipeline_code" / DATA_SET / "sample_data" / "load.sql"
INCOMING = f"incoming/{DATA_SET}/"


def load_statements(deployment: Deployment) -> list[str]:
    """The statements that replace the rows of every table, in the order of the file."""
    names = {
        "LakeBucket": deployment.lake_bucket,
        "WarehouseRoleArn": deployment.warehouse_role_arn,
    }
    return split(Template(STATEMENTS.read_text()).substitute(names))


def copied_files(statements: Iterable[str]) -> dict[str, str]:
    """Table -> the name of the file that its COPY reads."""
    pattern = re.compile(rf"COPY\s+(\w+)\s+FROM\s+'s3://[^/]+/{INCOMING}([^']+)'", re.IGNORECASE)
    found = (pattern.match(statement) for statement in statements)
    return {match[1]: match[2] for match in found if match}


def prepare(files: Iterable[str], folder: Path, data: Path | None) -> list[str]:
    """Put every one of `files` into `folder`, uncompressed, and say where each missing came from.

    `data` holds a folder `tickit` of real files, gzipped or not; what it lacks is generated so
    that its keys fit.

    Raises:
        LoadError: there is no such folder, or the generator failed.
    """
    real = _real_folder(data) if data else None
    generated = _generate(folder, real)
    if real is not None:
        for name in files:
            _take(real, name, folder)
    if missing := [name for name in files if not (folder / name).is_file()]:
        raise LoadError(
            f"{', '.join(missing)} neither found in {real} nor generated: add the file, gzipped or "
            "not, or correct its name"
        )
    return generated


def _real_folder(data: Path) -> Path:
    folder = data / DATA_SET
    if not folder.is_dir():
        raise LoadError(
            f"{folder} is no folder: --data takes a folder that holds one folder per data set, "
            f"here {DATA_SET}/"
        )
    return folder


def _generate(folder: Path, real: Path | None) -> list[str]:
    command = [sys.executable, "-m", f"pipeline_code.{DATA_SET}.sample_data", "--output"]
    given = ["--missing-from", str(real.resolve())] if real else []
    child = subprocess.run(
        [*command, str(folder), *given], cwd=REPOSITORY, capture_output=True, text=True
    )
    if child.returncode:
        raise LoadError(f"the sample data could not be generated:\n{child.stderr.strip()}")
    return child.stdout.splitlines()


def _take(real: Path, name: str, folder: Path) -> None:
    plain, zipped = real / name, real / f"{name}.gz"
    if plain.is_file():
        shutil.copyfile(plain, folder / name)
    elif zipped.is_file():
        with gzip.open(zipped) as source, (folder / name).open("wb") as target:
            shutil.copyfileobj(source, target)
