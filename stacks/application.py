"""The app: the only list of its stacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import aws_cdk as cdk

from pipeline_code.compiler import (
    CompiledDefinition,
    DefinitionError,
    Request,
    compiled_all,
    queries_of,
)
from pipeline_code.pipelines import FOLDER, folder_of
from pipeline_code.source_files import SourceError
from stacks.alerts.stack import AlertsStack
from stacks.config import ConfigurationError, Environment, Pipeline
from stacks.lake.stack import DataStack
from stacks.network.stack import NetworkStack
from stacks.pipeline.called_services import called_services
from stacks.pipeline.stack import PipelineStack
from stacks.platform import Platform
from stacks.serving.stack import ServingStack
from stacks.warehouse.stack import WarehouseStack
from stacks.warehouse.warehouse_access import reader_of
from stacks.warehouse.warehouse_migrations import WarehouseSchema
from warehouse import WarehouseError
from warehouse.rights import Reader, derived_rights
from warehouse.schema import Migration, read_migrations

# Errors that the user can correct. Every other error is a bug of the app and keeps its traceback.
REFUSALS = (ConfigurationError, DefinitionError, SourceError, WarehouseError)
# Traces contain temporary folders of the process; with them, two syntheses would differ.
NO_CREATION_TRACES = "aws:cdk:disable-creation-stack-traces"
SETTINGS = Path(__file__).resolve().parents[1] / "cdk.json"


def new_app(outdir: Path | None = None) -> cdk.App:
    """Return an app without stacks, with the flags of cdk.json also outside of the CDK CLI."""
    return cdk.App(
        context={
            **json.loads(SETTINGS.read_text(encoding="utf-8"))["context"],
            NO_CREATION_TRACES: True,
        },
        outdir=str(outdir) if outdir else None,
        analytics_reporting=False,
        stack_traces=False,
        tree_metadata=False,
        builtin_cloud_formation_validation=False,
    )


def build_app(
    environment: Environment,
    app: cdk.App | None = None,
    *,
    root: Path = FOLDER,
    migrations: Sequence[Migration] | None = None,
    validate: bool = False,
) -> cdk.App:
    """Create every stack of `environment` in `app` or in a new app; `root` contains its pipelines.

    `migrations` create the tables of the warehouse (default: those of warehouse/migrations).
    With `validate`, CDK's validation of templates runs at synthesis (1 to 3 seconds).
    """
    app = app or new_app()
    if validate:
        cdk.Validations.of(app).add_plugins(cdk.CloudFormationValidatePlugin())
    pipelines = [pipeline for pipeline in environment.pipelines if pipeline.enabled]
    definitions = _definitions(pipelines, root)
    services = {name for each in definitions.values() for name in called_services(each, root)}
    data = DataStack(app, environment)
    network = NetworkStack(app, environment, key=data.key, services=services)
    alerts = AlertsStack(app, environment, key=data.key)
    warehouse = WarehouseStack(
        app,
        environment,
        network=network,
        data=data,
        alerts=alerts.topic,
        schema=_schema(definitions.values(), root, migrations or read_migrations()),
    )
    platform = Platform(
        environment=environment,
        network=network,
        data=data,
        warehouse=warehouse,
        alerts=alerts.topic,
        root=root,
        definitions=definitions,
    )
    for pipeline in pipelines:
        trained = PipelineStack(app, platform, pipeline)
        if pipeline.serving:
            served = ServingStack(app, platform, pipeline, pipeline.serving)
            served.add_stack_dependency(trained)  # CDK reads the registry there
    return app


def _schema(
    definitions: Iterable[CompiledDefinition], root: Path, migrations: Sequence[Migration]
) -> WarehouseSchema:
    """Return the migrations, and the rights of the pipelines that read the warehouse."""
    readers = []
    for definition in definitions:
        queries = queries_of(definition.name, definition.body)
        user, folder = reader_of(definition.name), folder_of(definition.name, root)
        if queries:
            readers.append(
                Reader(
                    pipeline=definition.name,
                    user=user.name,
                    role=user.role,
                    queries=queries,
                    folder=folder,
                )
            )
    return WarehouseSchema(migrations=migrations, rights=derived_rights(readers, migrations))


def _definitions(pipelines: Iterable[Pipeline], root: Path) -> dict[str, CompiledDefinition]:
    """Return the definitions by name. All stale definitions are compiled together."""
    found = compiled_all(Request(pipeline.name, pipeline.options, root) for pipeline in pipelines)
    return {definition.name: definition for definition in found}
