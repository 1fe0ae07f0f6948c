"""The table in the data catalogue that CreateFeatureGroup creates for an offline store.

It reads all Parquet files below its location and has no partition keys, like the statement of
`as_hive_ddl` (sagemaker/mlops/feature_store/feature_utils.py of the SageMaker SDK 3). The columns
are those of the files, with the 64 bits of the service's types.
https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.features.feature_group import FeatureGroup
from local_cloud.sagemaker.features.offline_store import INVOCATION_TIME, IS_DELETED, WRITE_TIME

DATABASE, CATALOG = "sagemaker_featurestore", "AwsDataCatalog"
_TYPES = {"String": "string", "Integral": "bigint", "Fractional": "double"}
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


def create_table(glue: Any, group: FeatureGroup) -> None:
    """Create the table, and the service's own database. Raises `ValidationFailed`."""
    catalog = group.request["OfflineStoreConfig"]["DataCatalogConfig"]
    try:
        if catalog["Database"] == DATABASE:
            _create_database(glue)
        glue.create_table(DatabaseName=catalog["Database"], TableInput=_table(group))
    except ClientError as error:
        raise ValidationFailed(f"The Glue table was not created: {error}") from error


def update_table(glue: Any, group: FeatureGroup) -> None:
    """Add the columns of new features. Raises `ValidationFailed`."""
    catalog = group.request["OfflineStoreConfig"]["DataCatalogConfig"]
    try:
        glue.update_table(DatabaseName=catalog["Database"], TableInput=_table(group))
    except ClientError as error:
        raise ValidationFailed(f"The Glue table was not updated: {error}") from error


def _create_database(glue: Any) -> None:
    try:
        glue.create_database(DatabaseInput={"Name": DATABASE})
    except glue.exceptions.AlreadyExistsException:
        return


def _table(group: FeatureGroup) -> dict[str, Any]:
    offline = group.request["OfflineStoreConfig"]
    columns = {
        **{name: _TYPES[kind] for name, kind in group.types.items()},
        **{WRITE_TIME: "timestamp", INVOCATION_TIME: "timestamp", IS_DELETED: "boolean"},
    }
    return {
        "Name": offline["DataCatalogConfig"]["TableName"],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns.items()],
            "Location": offline["S3StorageConfig"]["ResolvedOutputS3Uri"],
            "InputFormat": f"{_PARQUET}.MapredParquetInputFormat",
            "OutputFormat": f"{_PARQUET}.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": f"{_PARQUET}.serde.ParquetHiveSerDe"},
        },
    }
