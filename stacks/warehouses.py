"""Creates the stack of the warehouse, whose rights are derived from the queries of pipelines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_sns as sns

from pipeline_code.compiler import CompiledDefinition, queries_of
from pipeline_code.pipelines import folder_of
from stacks.config import Environment, ExistingWarehouse
from stacks.lake.stack import DataStack
from stacks.network.stack import NetworkStack
from stacks.pipeline.paused_starts import check_starts
from stacks.pipeline.pipeline_context import LOADING
from stacks.warehouse.existing_schema import ExistingSchema
from stacks.warehouse.existing_stack import ExistingWarehouseStack
from stacks.warehouse.stack import WarehouseStack
from stacks.warehouse.warehouse_access import WRITER, reader_of
from stacks.warehouse.warehouse_migrations import WarehouseSchema
from warehouse.existing_tables import read_existing_tables
from warehouse.query_columns import QueryError
from warehouse.rights import OwnSchema, Reader, Rights, derived_rights
from warehouse.schema import Migration


@dataclass(frozen=True, kw_only=True)
class Warehouses:
    """The sources of the tables of warehouses, and the pipelines that read the tables.

    `migrations` are those of warehouses that the app creates. `described` contains the folders that
    describe existing warehouses, `root` the folders of pipelines.
    """

    definitions: Collection[CompiledDefinition]
    root: Path
    migrations: Sequence[Migration]
    described: Path

    def stack(
        self,
        app: cdk.App,
        environment: Environment,
        *,
        network: NetworkStack,
        data: DataStack,
        alerts: sns.ITopic,
    ) -> WarehouseStack | ExistingWarehouseStack:
        """Create the stack.

        Raises:
            WarehouseError: a pipeline reads what the warehouse does not have.
            ConfigurationError: a schedule starts a pipeline while the warehouse is paused.
        """
        warehouse = environment.warehouse
        self._check_starts(environment)
        if isinstance(warehouse, ExistingWarehouse):
            return ExistingWarehouseStack(
                app,
                environment,
                warehouse,
                network=network,
                data=data,
                schema=self._existing_schema(warehouse),
                extracted=self._extracted(),
            )
        return WarehouseStack(
            app,
            environment,
            warehouse,
            network=network,
            data=data,
            alerts=alerts,
            schema=self._schema(),
            extracted=self._extracted(),
        )

    def _extracted(self) -> list[str]:
        """Return the folders of the lake in which incremental extractions keep days."""
        places = [place for each in self.definitions for place in each.manifest.extracted]
        return [f"{place.area}/{place.pipeline}/{place.path}" for place in places]

    def _check_starts(self, environment: Environment) -> None:
        warehouse = environment.warehouse
        if isinstance(warehouse, ExistingWarehouse) or warehouse.pause is None:
            return
        using = {each.name for each in self.definitions if self._uses_warehouse(each)}
        for pipeline in environment.pipelines:
            if pipeline.name in using:
                check_starts(warehouse.pause, pipeline)

    def _uses_warehouse(self, definition: CompiledDefinition) -> bool:
        loads = LOADING in definition.manifest.functions
        return loads or bool(queries_of(definition.name, definition.body))

    def _schema(self) -> WarehouseSchema:
        rights = derived_rights(self._readers(), self.migrations)
        return WarehouseSchema(migrations=self.migrations, rights=rights)

    def _existing_schema(self, warehouse: ExistingWarehouse) -> ExistingSchema:
        described = read_existing_tables(self.described / warehouse.folder)
        own = described.migrations(warehouse.schema) if warehouse.schema else []
        try:
            rights = derived_rights(self._readers(), [described.created, *own], described.marked)
        except QueryError as error:
            raise QueryError(
                f"{error}. The migrations of the app do not run in the existing warehouse "
                f"{warehouse.name}: if it has the table, describe the table in {described.path}"
            ) from error
        users = [each.outside_schema(warehouse.schema) for each in (*rights, *self._writers())]
        return ExistingSchema(
            tables=described.statements,
            rows=described.rows,
            users={
                each.user: [*each.creation(serverless=bool(warehouse.workgroup)), *each.grants]
                for each in users
            },
            own=WarehouseSchema(
                migrations=own,
                rights=rights,
                own=OwnSchema(name=warehouse.schema, described=described.created),
            )
            if warehouse.schema
            else None,
        )

    def _writers(self) -> list[Rights]:
        """Return the user that loads predictions, if a pipeline does. A migration grants rights."""
        loads = any(LOADING in each.manifest.functions for each in self.definitions)
        writer = Rights(pipeline="", user=WRITER.name, role=WRITER.role, columns={})
        return [writer] if loads else []

    def _readers(self) -> Iterator[Reader]:
        """Yield the pipelines that read the warehouse."""
        for definition in self.definitions:
            queries = queries_of(definition.name, definition.body)
            user, folder = reader_of(definition.name), folder_of(definition.name, self.root)
            if queries:
                yield Reader(
                    pipeline=definition.name,
                    user=user.name,
                    role=user.role,
                    queries=queries,
                    folder=folder,
                )
