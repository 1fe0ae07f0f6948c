"""What a processing job finds in its folders: files of S3, or the rows of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import CLUSTER, KMS_KEY
from pipeline_code.workflow.variables import Environment, Uri

INPUT_PATH = "/opt/ml/processing/input"


@dataclass(frozen=True, kw_only=True)
class Files:
    """Files of S3.

    `distribution`: FullyReplicated gives every instance everything, ShardedByS3Key its share.
    `data_type`: S3Prefix for a prefix, ManifestFile for an object that lists what is meant.
    """

    uri: Uri
    distribution: Literal["FullyReplicated", "ShardedByS3Key"] = "FullyReplicated"
    data_type: Literal["S3Prefix", "ManifestFile"] = "S3Prefix"

    def request(self, p: Collector, name: str) -> dict[str, Any]:
        """ProcessingInput: the files are at /opt/ml/processing/input/<name>."""
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
    """The rows of a query, unloaded by the warehouse while the job starts.

    Parquet carries the columns' names and types: no header is ever mistaken for a row, dates and
    booleans need no guessing, and it reads twice as fast as CSV.
    """

    query: str
    output_format: Literal["PARQUET", "CSV"] = "PARQUET"

    def request(self, p: Collector, name: str) -> dict[str, Any]:
        """ProcessingInput: each instance finds its share of the files, maybe none.

        They are at /opt/ml/processing/input/<name>.
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
            "DataDistributionType": "ShardedByS3Key",
            "InputMode": "File",
            "RedshiftDatasetDefinition": warehouse,
        }
        return {"InputName": name, "AppManaged": False, "DatasetDefinition": data_set}


Input = Uri | Files | RedshiftRows


def sharded(uri: Uri) -> Files:
    """The files below `uri`, dealt out to the instances."""
    return Files(uri=uri, distribution="ShardedByS3Key")


def redshift(query: str, *, output_format: Literal["PARQUET", "CSV"] = "PARQUET") -> RedshiftRows:
    """The rows of the query in a file of the pipeline's folder, dealt out to the instances.

    Its text takes no parameters; for a query with values see `extract`.
    """
    return RedshiftRows(query=query, output_format=output_format)


def input_request(p: Collector, name: str, given: Input) -> dict[str, Any]:
    """ProcessingInput of an input; a URI alone gives every instance everything below it."""
    return (Files(uri=given) if isinstance(given, Uri) else given).request(p, name)
