"""Names that definitions, stacks and the linter share (standard library only)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Image:
    """A framework image that AWS publishes in every region.

    `framework` and `version` are the names that the SDK's `image_uris` knows.
    """

    framework: str
    version: str


# Parameter name -> the image whose regional URI is its value.
IMAGES = {
    "SklearnImageUri": Image("sklearn", "1.9-0"),
    "XgboostImageUri": Image("xgboost", "3.2-0"),
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
