"""The Glue Data Catalog of a pipeline's files in the lake, from the pipeline's catalog.json."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from pipeline_code.pipelines import FOLDER, folder_name
from stacks.common.inline_policy import inline_policy
from stacks.config import refuse
from stacks.lake.lake_buckets import INCOMING

_TEXT_IN = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_SERDE = "org.apache.hadoop.hive.serde2.OpenCSVSerde"


@dataclass(frozen=True, kw_only=True)
class CatalogTable:
    """CSV files with quotes below `incoming/<pipeline>/<folder>/`.

    Every column is text because OpenCSVSerde reads no other type: queries cast the values.
    """

    name: str
    description: str
    folder: str
    separator: str
    header_lines: int
    columns: tuple[str, ...]


def catalog_tables(pipeline: str, folder: Path = FOLDER) -> list[CatalogTable]:
    """Return the tables of the pipeline's catalog.json; empty when it has no such file.

    Raises:
        ConfigurationError: a member is missing or unknown, or a name is not valid in SQL.
    """
    path = folder / folder_name(pipeline) / "catalog.json"
    if not path.is_file():
        return []
    return [
        _table(pipeline, name, given)
        for name, given in json.loads(path.read_text(encoding="utf-8")).items()
    ]


def _table(pipeline: str, name: str, given: Mapping[str, Any]) -> CatalogTable:
    members = {"description", "folder", "separator", "header_lines", "columns"}
    if set(given) != members:
        raise refuse(
            f"{pipeline}/catalog.json, {name}",
            sorted(given),
            allowed=", ".join(sorted(members)),
            remedy="give each of them once",
        )
    for each in (name, *given["columns"]):
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", each):
            raise refuse(
                f"{pipeline}/catalog.json, {name}",
                each,
                allowed="names of lower-case letters, digits and underscores",
                remedy="rename it: files are read by the position of their columns",
            )
    return CatalogTable(name=name, **{**given, "columns": tuple(given["columns"])})


class DataCatalog(Construct):
    """One Glue database with the pipeline's tables; only `reader` may read it."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        database: str,
        pipeline: str,
        tables: Collection[CatalogTable],
        lake: s3.IBucket,
        reader: iam.IRole,
    ) -> None:
        super().__init__(scope, name)
        self.database = database
        self._account = cdk.Stack.of(self).account
        made = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=self._account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=database, description=f"Files of the pipeline {pipeline} in the lake"
            ),
        )
        for table in tables:
            location = lake.s3_url_for_object(f"{INCOMING}{pipeline}/{table.folder}/")
            self._make(table, location).add_resource_dependency(made)
        self._let_read(reader, [table.name for table in tables])

    def _make(self, table: CatalogTable, location: str) -> glue.CfnTable:
        return glue.CfnTable(
            self,
            f"Table-{table.name}",
            catalog_id=self._account,
            database_name=self.database,
            table_input=glue.CfnTable.TableInputProperty(
                name=table.name,
                description=table.description,
                table_type="EXTERNAL_TABLE",
                parameters={
                    "classification": "csv",
                    "skip.header.line.count": str(table.header_lines),
                },
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[
                        glue.CfnTable.ColumnProperty(name=column, type="string")
                        for column in table.columns
                    ],
                    location=location,
                    serde_info=glue.CfnTable.SerdeInfoProperty(
                        serialization_library=_SERDE,
                        parameters={"separatorChar": table.separator, "quoteChar": '"'},
                    ),
                    input_format=_TEXT_IN,
                    output_format=_TEXT_OUT,
                ),
            ),
        )

    def _let_read(self, reader: iam.IRole, tables: Collection[str]) -> None:
        """Glue checks the permission also on the catalog and on the database of a table.

        The policy belongs to this stack: the role may read the catalog as long as it exists.
        """
        inline_policy(
            self,
            "ReaderPolicy",
            roles=[reader],
            statements=[
                iam.PolicyStatement(
                    sid="ReadCatalog",
                    actions=[
                        "glue:GetDatabase",
                        "glue:GetPartitions",
                        "glue:GetTable",
                        "glue:GetTables",
                    ],
                    resources=[
                        self._arn("catalog"),
                        self._arn("database", self.database),
                        *(self._arn("table", f"{self.database}/{table}") for table in tables),
                    ],
                )
            ],
        )

    def _arn(self, resource: str, name: str | None = None) -> str:
        return cdk.Stack.of(self).format_arn(
            service="glue",
            resource=resource,
            resource_name=name,
            arn_format=cdk.ArnFormat.SLASH_RESOURCE_NAME
            if name
            else cdk.ArnFormat.NO_RESOURCE_NAME,
        )
