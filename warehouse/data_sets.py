"""The data sets of the pipelines: real or generated files, and the SQL that loads them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline_code.pipelines import FOLDER, folder_of, package_of
from warehouse import LoadError
from warehouse.deployed_environment import DeployedEnvironment
from warehouse.sql_splitter import split_statements

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class DataSet:
    """A folder `pipeline_code/<name>/sample_data`: a generator, and load.sql if it has tables."""

    name: str

    @property
    def incoming(self) -> str:
        """The prefix of the files in the lake."""
        return f"incoming/{self.name}/"

    def statements(self, deployed: DeployedEnvironment) -> list[str]:
        """Return the statements of load.sql, which replace the rows of the tables.

        Its placeholders are `LakeBucket`, `WarehouseRoleArn` and the outputs of the pipeline's
        stack.

        Raises:
            LoadError: a placeholder has an unknown name, or its value could change the SQL.
        """
        names = {
            "LakeBucket": deployed.lake_bucket,
            "WarehouseRoleArn": deployed.warehouse_role_arn,
            **deployed.pipelines[self.name],
        }
        return [_substitute(statement, names) for statement in load_statements(self.name)]

    def files(self) -> list[str]:
        """Return the published names of the files that the data set reads.

        Raises:
            LoadError: the generator failed.
        """
        return self._generator("--list")

    def prepare(self, folder: Path, data: Path | None) -> list[str]:
        """Write all files into `folder` and return the messages of the generator.

        The files have the same relative paths as below the prefix `incoming`. If `data` has a
        folder with the name of the data set, its files are used; missing files are generated.

        Raises:
            LoadError: the generator failed.
        """
        real = data / self.name if data else None
        given = ["--missing-from", str(real.resolve())] if real and real.is_dir() else []
        return self._generator("--output", str(folder), *given)

    def _generator(self, *arguments: str) -> list[str]:
        """Run the generator and return the lines that it prints."""
        module = f"{package_of(self.name)}.sample_data"
        child = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", module, *arguments],
            cwd=FOLDER.parent,
            capture_output=True,
            encoding="utf-8",
        )
        if child.returncode:
            # The last line, after a usage message or a traceback.
            reason = child.stderr.strip().splitlines()[-1]
            raise LoadError(f"the sample data of {self.name} could not be generated: {reason}")
        return child.stdout.splitlines()


def load_statements(name: str) -> list[str]:
    """Return the statements of load.sql of a pipeline with their placeholders; none without it."""
    path = _folder(name) / "load.sql"
    return split_statements(path.read_text(encoding="utf-8")) if path.is_file() else []


def _substitute(text: str, names: Mapping[str, str]) -> str:
    """Return the text with its placeholders ${Name} replaced. Every other $ belongs to the SQL.

    Raises:
        LoadError: a name is unknown, or its value contains a character that could end a literal or
        a name in SQL.
    """
    return _PLACEHOLDER.sub(lambda found: _value(found[1], names), text)


def _value(name: str, names: Mapping[str, str]) -> str:
    if name not in names:
        raise LoadError(
            f"load.sql has the unknown placeholder ${{{name}}}: allowed are {', '.join(names)}; "
            "correct the name"
        )
    if not re.fullmatch(r"[\w.:/+=,@-]+", names[name]):
        raise LoadError(
            f"{name} is {names[name]!r}, expected only letters, digits and . : / + = , @ - _"
        )
    return names[name]


def data_sets(pipelines: Iterable[str]) -> list[DataSet]:
    """Return the data sets of the pipelines. A pipeline without a generator is skipped."""
    return [DataSet(name) for name in pipelines if (_folder(name) / "__main__.py").is_file()]


def chosen(found: Sequence[DataSet], names: Collection[str]) -> list[DataSet]:
    """Return the data sets of these names, or all without names.

    Raises:
        LoadError: a name is not that of a data set.
    """
    known = [each.name for each in found]
    for name in names:
        if name not in known:
            raise LoadError(
                f"there is no data set {name!r}: allowed are {', '.join(known) or 'none'}; nothing "
                "was changed"
            )
    return [each for each in found if not names or each.name in names]


def replaced_tables(statements: Iterable[str]) -> list[str]:
    """Return the tables whose rows the statements delete, copy or insert, each once."""
    pattern = re.compile(
        r"(?:COPY|INSERT\s+INTO|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+([\w.]+)", re.IGNORECASE
    )
    found = (pattern.match(statement) for statement in statements)
    return list(dict.fromkeys(match[1] for match in found if match))


def _folder(name: str) -> Path:
    return folder_of(name) / "sample_data"
