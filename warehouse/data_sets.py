"""The data sets of the pipelines: files, real or generated, and the statements that load them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from pipeline_code.pipelines import FOLDER, folder_of, package_of
from warehouse.deployment import Deployment
from warehouse.errors import LoadError
from warehouse.statements import split


@dataclass(frozen=True)
class DataSet:
    """`pipeline_code/<name>/sample_data`: a generator, and a load.sql where there are tables."""

    name: str

    @property
    def incoming(self) -> str:
        """The prefix of its files in the lake."""
        return f"incoming/{self.name}/"

    def statements(self, deployment: Deployment) -> list[str]:
        """The statements that replace the rows of its tables, in the order of load.sql.

        It may name the lake, the warehouse's role, and any output of the pipeline's own stack.
        """
        path = _folder(self.name) / "load.sql"
        if not path.is_file():
            return []
        names = {
            "LakeBucket": deployment.lake_bucket,
            "WarehouseRoleArn": deployment.warehouse_role_arn,
            **deployment.pipelines[self.name],
        }
        return split(_filled(path.read_text(), names))

    def prepare(self, folder: Path, data: Path | None) -> list[str]:
        """Put every file into `folder` as it is to lie below `incoming`, and say what was made.

        `data` may hold a folder of real files named as the data set; the rest is generated.

        Raises:
            LoadError: the generator failed.
        """
        real = data / self.name if data else None
        given = ["--missing-from", str(real.resolve())] if real and real.is_dir() else []
        module = f"{package_of(self.name)}.sample_data"
        child = subprocess.run(
            [sys.executable, "-m", module, "--output", str(folder), *given],
            cwd=FOLDER.parent,
            capture_output=True,
            text=True,
        )
        if child.returncode:
            reason = child.stderr.strip().splitlines()[-1]  # after a usage or a traceback
            raise LoadError(f"the sample data of {self.name} could not be made: {reason}")
        return child.stdout.splitlines()


def _filled(text: str, names: Mapping[str, str]) -> str:
    """The text with its placeholders replaced by names that mean nothing to SQL.

    Raises:
        LoadError: a name holds a sign that could end the text or the name in which it is put.
    """
    template = Template(text)
    for name in template.get_identifiers():
        if not re.fullmatch(r"[\w.:/+=,@-]+", names[name]):
            raise LoadError(
                f"{name} is {names[name]!r}: allowed are letters, digits and . : / + = , @ - _"
            )
    return template.substitute(names)


def data_sets(pipelines: Iterable[str], data: Path | None) -> list[DataSet]:
    """The data sets of those pipelines that have one.

    Raises:
        LoadError: `data` has no folder for any of them.
    """
    found = [DataSet(name) for name in pipelines if _folder(name).is_dir()]
    if data is not None and not any((data / each.name).is_dir() for each in found):
        names = ", ".join(f"{each.name}/" for each in found)
        raise LoadError(
            f"{data} holds no data set: --data takes a folder with some of {names} in it"
        )
    return found


def loaded_tables(statements: Iterable[str]) -> list[str]:
    """The tables that the statements fill, each once."""
    pattern = re.compile(r"(?:COPY|INSERT\s+INTO)\s+([\w.]+)", re.IGNORECASE)
    found = (pattern.match(statement) for statement in statements)
    return list(dict.fromkeys(match[1] for match in found if match))


def _folder(name: str) -> Path:
    return folder_of(name) / "sample_data"
