"""The Redshift ML models of a pipeline: runs the SQL files of its folder `redshift_ml`.

Each file contains one statement. A placeholder `${Name}` is an output of a stack.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from operations import OperationError
from operations.environment_clients import EnvironmentClients
from operations.sql.statements import execute
from operations.sql.warehouses import QueryTarget, find_warehouse
from operations.stack_outputs import outputs_of
from pipeline_code.source_files import source_files

PIPELINES = Path("pipeline_code")
# The folders that each pipeline has. `remote` is for pipelines with an endpoint.
PARTS = ("create", "compare", "drop")
_CREATED = re.compile(r"CREATE MODEL (?:(?P<schema>\w+)\.)?(?P<name>\w+)", re.IGNORECASE)
_POLL_SECONDS = 2.0
_TRAINING, _READY = "TRAINING", "READY"

Row = dict[str, Any]


@dataclass(frozen=True)
class PipelineSql:
    """The SQL files of a pipeline, and the warehouse of an environment."""

    aws: EnvironmentClients
    folder: Path
    target: QueryTarget
    outputs: Mapping[str, str]

    def run(self, part: str) -> list[list[Row]]:
        """Run the files of a part in their order and return the rows of each.

        A model that exists is not created again. Raises `StatementFailed` and `OperationError`.
        """
        return [self._run(path) for path in source_files(self.folder / part, "*.sql")]

    def models(self, part: str) -> list[tuple[str, str]]:
        """Return schema and name of the models that the files of a part create."""
        paths = source_files(self.folder / part, "*.sql")
        found = (_created(path.read_text(encoding="utf-8")) for path in paths)
        return [model for model in found if model is not None]

    def wait(self, model: tuple[str, str], *, minutes: float) -> dict[str, str]:
        """Wait for the end of a training and return the rows of SHOW MODEL.

        Raises `OperationError` if the model is not ready.
        """
        name = ".".join(model)
        deadline = time.monotonic() + minutes * 60
        while (shown := self._shown(name))["Model State"] == _TRAINING:
            if time.monotonic() > deadline:
                raise OperationError(
                    f"{name} is still in training after {minutes:g} minutes; run the command again"
                )
            time.sleep(_POLL_SECONDS)
        if shown["Model State"] != _READY:
            raise OperationError(
                f"{name} is {shown['Model State']}: {shown.get('Failure Reason', '')}. "
                "Drop it with --drop, correct its SQL and run the command again"
            )
        return shown

    def _shown(self, name: str) -> dict[str, str]:
        return {row["Key"]: row["Value"] for row in self.query(f"SHOW MODEL {name}")}

    def _run(self, path: Path) -> list[Row]:
        sql = path.read_text(encoding="utf-8")
        model = _created(sql)
        if model is not None and model in self._existing():
            return []
        try:
            return self.query(Template(sql).substitute(self.outputs))
        except KeyError as error:
            raise OperationError(
                f"{path}: no stack of {self.aws.name} has the output {error}"
            ) from error

    def _existing(self) -> list[tuple[str, str]]:
        rows = self.query("SHOW MODEL ALL")
        return [(row["Schema Name"], row["Model Name"]) for row in rows]

    def query(self, sql: str) -> list[Row]:
        """Run a statement and return its rows."""
        client = self.aws.clients("redshift-data")
        request = self.target.request(database=None, user=None)
        result = execute(client, sql, request, as_csv=False)
        if not result.has_rows:
            return []
        return [
            dict(zip(names, row, strict=True)) for names, rows in result.pages() for row in rows
        ]


def pipeline_sql(aws: EnvironmentClients, pipeline: str) -> PipelineSql:
    """Return the SQL of a pipeline.

    Raises `OperationError` if the pipeline lacks a part, or the environment has no Redshift ML.
    """
    folder = PIPELINES / pipeline.replace("-", "_") / "redshift_ml"
    if not folder.is_dir():
        raise OperationError(f"{pipeline} has no models of Redshift ML: {folder} does not exist")
    if empty := [part for part in PARTS if not source_files(folder / part, "*.sql")]:
        raise OperationError(
            f"{folder} has no SQL files in {', '.join(empty)}: write one statement per file "
            "(docs/redshift-ml.md)"
        )
    outputs = _outputs(aws, pipeline)
    if "MachineLearningRoleArn" not in outputs:
        raise OperationError(
            f"{aws.name} has no role for Redshift ML: set machine_learning=True in its Warehouse "
            "in stacks/environments.py, and deploy"
        )
    return PipelineSql(aws, folder, find_warehouse(aws, None), outputs)


def _outputs(aws: EnvironmentClients, pipeline: str) -> dict[str, str]:
    """Return the outputs of the stacks of the warehouse, the pipeline and its endpoint."""
    stacks = aws.pages("cloudformation", "describe_stacks", "Stacks")
    wanted = {f"{aws.prefix}{name}" for name in ("warehouse", pipeline, f"{pipeline}-serving")}
    return dict(
        output
        for stack in stacks
        if stack["StackName"] in wanted
        for output in outputs_of(stack).items()
    )


def _created(sql: str) -> tuple[str, str] | None:
    found = _CREATED.search(sql)
    return (found["schema"] or "public", found["name"]) if found else None
