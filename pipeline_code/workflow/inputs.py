"""The inputs of a processing job: files in S3, or the rows of a query of Redshift or Athena."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import ATHENA_WORKGROUP, CLUSTER, KMS_KEY
from pipeline_code.workflow.variables import Environment, Uri

# The environment values with the names of the databases.
_DATABASES = {"features": "FeaturesDatabase", "files": "CatalogDatabase"}
Distribution = Literal["FullyReplicated", "ShardedByS3Key"]
INPUT_PATH = "/opt/ml/processing/input"


@dataclass(frozen=True, kw_only=True)
class Files:
    """Files in S3.

    `distribution`: with FullyReplicated every instance gets all files, with ShardedByS3Key a share.
    `data_type`: S3Prefix for a prefix, ManifestFile for an object that lists the files.
    """

    uri: Uri
    distribution: Distribution = "FullyReplicated"
    data_type: Literal["S3Prefix", "ManifestFile"] = "S3Prefix"

    def request(self, p: Collector, name: str) -> dict[str, Any]:
        """Return the ProcessingInput. The files are in /opt/ml/processing/input/<name>."""
        source = {
            "S3Uri": self.uri,
            "LocalPath": f"{INPUT_PATH}/{name}",
            "S3DataType": self.data_type,
            "S3InputMode": "File",
            "S3DataDistributionType": self.distribution,
            "S3CompressionType": "None",
        }
        return {"InputName": name, "AppManaged": False, "S3Input": source}


@dataclass(frozen=True, kw_only=True)
class RedshiftRows:
    """The rows of a query, which the warehouse unloads while the job starts.

    The files are Parquet, because Parquet contains the names and types of the columns, and is read
    twice as fast as CSV.
    """

    query: str
    output_format: Literal["PARQUET", "CSV"] = "PARQUET"
    distribution: Distribution = "ShardedByS3Key"

    def request(self, p: Collector, name: str) -> dict[str, Any]:
        """Return the ProcessingInput. With distributed files, an instance may get no file.

        The files are in /opt/ml/processing/input/<name>.
        """
        warehouse = {
            "ClusterId": CLUSTER,
            "Database": Environment("Database"),
            "DbUser": Environment("DatabaseUser"),
            "QueryString": p.query(self.query),
            "ClusterRoleArn": Environment("WarehouseRoleArn"),
            "OutputS3Uri": p.folder.run_uri("unload", name, ""),
            "KmsKeyId": KMS_KEY,
            "OutputFormat": self.output_format,
        }
        data_set = {
            "LocalPath": f"{INPUT_PATH}/{name}",
            "DataDistributionType": self.distribution,
            "InputMode": "File",
            "RedshiftDatasetDefinition": warehouse,
        }
        return {"InputName": name, "AppManaged": False, "DatasetDefinition": data_set}


@dataclass(frozen=True, kw_only=True)
class AthenaRows:
    """The rows of an Athena query, which the job unloads as Parquet while it starts."""

    query: str
    database: Literal["features", "files"]
    distribution: Distribution = "ShardedByS3Key"

    def request(self, p: Collector, name: str) -> dict[str, Any]:
        """Return the ProcessingInput. With distributed files, an instance may get no file.

        The files are in /opt/ml/processing/input/<name>. Athena writes them with the role of the
        job.
        """
        read, written = (
            uri("unload", name, "rows") for uri in (p.folder.run_uri, p.folder.run_target)
        )
        unloaded = {
            "Catalog": "AwsDataCatalog",
            "Database": Environment(_DATABASES[self.database]),
            "QueryString": p.query(self.query),
            "WorkGroup": ATHENA_WORKGROUP,
            "OutputS3Uri": Uri(read.variable, read.access | written.access),
            "KmsKeyId": KMS_KEY,
            "OutputFormat": "PARQUET",
        }
        data_set = {
            "LocalPath": f"{INPUT_PATH}/{name}",
            "DataDistributionType": self.distribution,
            "InputMode": "File",
            "AthenaDatasetDefinition": unloaded,
        }
        return {"InputName": name, "AppManaged": False, "DatasetDefinition": data_set}


Input = Uri | Files | RedshiftRows | AthenaRows


def sharded(uri: Uri) -> Files:
    """Return the files below `uri`, distributed over the instances."""
    return Files(uri=uri, distribution="ShardedByS3Key")


def redshift(query: str, *, output_format: Literal["PARQUET", "CSV"] = "PARQUET") -> RedshiftRows:
    """Return the rows of the query in a file of the folder, distributed over the instances.

    The query has no parameters; use `extract` for a query with values.
    """
    return RedshiftRows(query=query, output_format=output_format)


def athena(query: str, *, database: Literal["features", "files"] = "features") -> AthenaRows:
    """Return the rows of an Athena query in a file of the folder, distributed over the instances.

    The query reads tables by their names: with `features` those of the feature groups of the
    environment that declare a name as `glue_table`, with `files` those of the pipeline's
    catalog.json.
    """
    return AthenaRows(query=query, database=database)


def input_request(p: Collector, name: str, given: Input) -> dict[str, Any]:
    """Return the ProcessingInput of an input. With a plain URI, every instance gets all files."""
    return (Files(uri=given) if isinstance(given, Uri) else given).request(p, name)
