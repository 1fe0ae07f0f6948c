"""Steps that read a query of another database, such as PostgreSQL, into Parquet files.

The step is a processing job with a role of its own, the only one that may read the secrets of the
databases. A query is in the folder `databases/` of the pipeline, because a job has it in its
archive: a variable of a job has at most 256 characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline_code.compiler.databases import DatabaseUse
from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.manifest import Access
from pipeline_code.runtime.databases import variables
from pipeline_code.runtime.databases.connector import REQUIRED, Connector
from pipeline_code.runtime.databases.connectors import connectors
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import command
from pipeline_code.workflow.inputs import INPUT_PATH, Files
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.step_kind import DependsOn, OfStep
from pipeline_code.workflow.steps.processing import ProcessingStep, processing_job
from pipeline_code.workflow.variables import Environment

SCRIPT = "pipeline_code.runtime.read_database"
OUTPUT = "rows"
READ_SECRET = ("secretsmanager:GetSecretValue",)


@dataclass(frozen=True, kw_only=True)
class DatabaseRows(Files, OfStep):
    """The files with the rows, distributed over the instances. `step` is the step that reads."""

    step: ProcessingStep


def database(
    p: Collector,
    name: str,
    query: str,
    instances: Instances,
    *,
    connector: str,
    database: str,
    hours: int = 1,
    depends_on: DependsOn = None,
) -> DatabaseRows:
    """Add a step that reads the rows of a query as Parquet files of this execution.

    `query` is a SQL file in the folder `databases` of the pipeline. `connector` is a file of
    pipeline_code/runtime/databases/connectors, whose driver is in requirements.txt of the pipeline.
    `database` is the name of a `Database(…)` of the environment, which declares address, route and
    secret. One instance reads all rows, in batches. Without rows, the step fails.

    Raises:
        DefinitionError: the connector, the query or the driver does not exist.
    """
    found = _connector(name, connector)
    _check_query(p, name, query)
    _check_driver(p, name, found)
    use = DatabaseUse(
        database,
        connector,
        required=tuple(each for each, value in found.settings.items() if value is REQUIRED),
        optional=tuple(each for each, value in found.settings.items() if value is not REQUIRED),
    )
    secret = Access(actions=READ_SECRET, databases=(use,))
    p.query(query)
    step = processing_job(
        p,
        name,
        command(f"{INPUT_PATH}/code", SCRIPT),
        instances.one(),
        inputs=p.code(SCRIPT, None),
        outputs=[OUTPUT],
        image=None,
        environment={
            variables.NAME: database,
            variables.CONNECTOR: connector,
            variables.PACKAGE: p.folder.package,
            variables.QUERY: query,
            variables.HOST: Environment(use.value("Host")),
            variables.PORT: Environment(use.value("Port")),
            variables.SECRET: Environment(use.value("Secret"), secret),
            **{variables.setting(each): Environment(value) for each, value in use.settings.items()},
        },
        network=True,  # for the database and Secrets Manager
        cache_days=None,
        hours=hours,
        depends_on=depends_on,
        role="Database",
    )
    return DatabaseRows(uri=step[OUTPUT], distribution="ShardedByS3Key", step=step)


def _connector(step: str, name: str) -> Connector:
    if name not in connectors():
        raise DefinitionError(
            f"step {step} has the connector {name!r}: allowed are {', '.join(sorted(connectors()))}"
            "; add a file to pipeline_code/runtime/databases/connectors for another database"
        )
    return connectors()[name]


def _check_query(p: Collector, step: str, query: str) -> None:
    folder, _, file = query.rpartition("/")
    if folder != variables.QUERIES or not (p.folder.path / query).is_file():
        raise DefinitionError(
            f"step {step} has the query {query!r}: allowed is a SQL file in the folder "
            f"{variables.QUERIES} of {p.folder.path.name}, such as "
            f"{variables.QUERIES}/{file or 'orders.sql'}; create it there"
        )


def _check_driver(p: Collector, step: str, connector: Connector) -> None:
    if p.folder.has_dockerfile:
        return  # its image has the driver
    path = p.folder.path / "requirements.txt"
    text = path.read_text(encoding="utf-8") if p.folder.has_requirements else ""
    name = re.escape(connector.package.partition("[")[0])
    if not re.search(rf"(?im)^{name}\s*(\[|==)", text):
        raise DefinitionError(
            f"step {step} reads {connector.title}, but {p.folder.path.name}/requirements.txt does "
            f"not pin {connector.package}: add its line, {connector.package}==<version>, and run "
            f"make wheels NAME={p.folder.path.name}"
        )
