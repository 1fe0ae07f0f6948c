"""Names that definitions, stacks and the linter share (standard library only)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Image:
    """An image that AWS publishes in every region.

    `framework`, `version` and `scope` are the names that the SDK's `image_uris` knows; an image of
    which there is only one version has none.
    """

    framework: str
    version: str = ""
    scope: str = "training"


# Parameter name -> the image whose regional URI is its value.
IMAGES = {
    "SklearnImageUri": Image("sklearn", "1.9-0"),
    "XgboostImageUri": Image("xgboost", "3.2-0"),
    "ModelMonitorImageUri": Image("model-monitor", scope="monitoring"),
}

# What differs between environments. All are strings; the stack sets the default of each one that
# a definition declares, so the body of a definition is the same text everywhere.
ENVIRONMENT_PARAMETERS = (
    "LakeBucket",
    "CodeBucket",
    "CodeKey",
    "ProcessingRoleArn",
    "TrainingRoleArn",
    "ModelRoleArn",
    "KmsKeyArn",
    "SubnetA",
    "SubnetB",
    "SecurityGroupId",
    "ClusterIdentifier",
    "Database",
    "DatabaseUser",
    "WarehouseRoleArn",
    "ExtractFunctionArn",
    "ExtractQueueUrl",
    "LatestModelFunctionArn",
    "LoadPredictionsFunctionArn",
    "ModelPackageGroupName",
    *IMAGES,
    "TagEnvironment",
    "TagOwner",
    "TagCostCenter",
)
