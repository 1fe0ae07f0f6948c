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
)
from pipeline_code.pipelines import FOLDER
from pipeline_code.source_files import SourceError
from stacks.alerts.stack import AlertsStack
from stacks.athena.stack import AthenaStack
from stacks.common.template_validation import validate_templates
from stacks.config import ConfigurationError, Environment, Pipeline
from stacks.lake.stack import DataStack
from stacks.network.stack import NetworkStack
from stacks.operations.stack import OperationsStack
from stacks.pipeline.athena_tables import feature_tables, uses_athena
from stacks.pipeline.called_services import called_services, services_of_warehouse
from stacks.pipeline.stack import PipelineStack
from stacks.platform import Platform
from stacks.serving.stack import ServingStack
from stacks.studio.stack import SERVICES, StudioStack
from stacks.warehouses import Warehouses
from warehouse import WarehouseError
from warehouse.existing_tables import FOLDER as EXISTING
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
    described: Path = EXISTING,
    validate: bool = False,
) -> cdk.App:
    """Create every stack of `environment` in `app` or in a new app; `root` contains its pipelines.

    `migrations` create the tables of the warehouse (default: those of warehouse/migrations);
    `described` contains the descriptions of existing warehouses.
    With `validate`, CDK's validation of templates runs at synthesis (1 to 3 seconds).
    """
    app = app or new_app()
    if validate:
        validate_templates(app)
    pipelines = [pipeline for pipeline in environment.pipelines if pipeline.enabled]
    definitions = _definitions(pipelines, root)
    services = {name for each in definitions.values() for name in called_services(each, root)}
    services |= services_of_warehouse(environment.warehouse)
    services |= SERVICES if environment.studio else set()
    data = DataStack(app, environment)
    network = NetworkStack(app, environment, key=data.key, services=services)
    alerts = AlertsStack(app, environment, key=data.key)
    needs_athena = any(
        uses_athena(each) or feature_tables(each.name, root=root) for each in definitions.values()
    )
    athena = AthenaStack(app, environment, lake=data.lake, key=data.key) if needs_athena else None
    warehouses = Warehouses(
        definitions=definitions.values(),
        root=root,
        migrations=migrations or read_migrations(),
        described=described,
    )
    warehouse = warehouses.stack(app, environment, network=network, data=data, alerts=alerts.topic)
    platform = Platform(
        environment=environment,
        network=network,
        data=data,
        warehouse=warehouse,
        alerts=alerts.topic,
        athena=athena,
        root=root,
        definitions=definitions,
    )
    if environment.studio:
        StudioStack(app, platform, environment.studio)
    for pipeline in pipelines:
        trained = PipelineStack(app, platform, pipeline)
        if pipeline.serving:
            served = ServingStack(app, platform, pipeline, pipeline.serving)
            served.add_stack_dependency(trained)  # CDK reads the registry there
    OperationsStack(app, platform)
    return app


def _definitions(pipelines: Iterable[Pipeline], root: Path) -> dict[str, CompiledDefinition]:
    """Return the definitions by name. All stale definitions are compiled together."""
    found = compiled_all(Request(pipeline.name, pipeline.options, root) for pipeline in pipelines)
    return {definition.name: definition for definition in found}
