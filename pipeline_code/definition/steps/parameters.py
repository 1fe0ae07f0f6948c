"""The parameters that pipelines share, as the SDK's objects, ready to be put into requests."""

from sagemaker.core.workflow.parameters import ParameterString

# A model that was registered waits for a person, unless the environment says otherwise.
APPROVAL = ParameterString(
    "ModelApprovalStatus",
    "PendingManualApproval",
    enum_values=["PendingManualApproval", "Approved", "Rejected"],
)
# What the environment gives.
LAKE_BUCKET = ParameterString("LakeBucket")
CODE_BUCKET = ParameterString("CodeBucket")
CODE_KEY = ParameterString("CodeKey")
PROCESSING_ROLE = ParameterString("ProcessingRoleArn")
TRAINING_ROLE = ParameterString("TrainingRoleArn")
MODEL_ROLE = ParameterString("ModelRoleArn")
KMS_KEY = ParameterString("KmsKeyArn")
SUBNET_A = ParameterString("SubnetA")
SUBNET_B = ParameterString("SubnetB")
SECURITY_GROUP = ParameterString("SecurityGroupId")
CLUSTER = ParameterString("ClusterIdentifier")
DATABASE = ParameterString("Database")
DATABASE_USER = ParameterString("DatabaseUser")
WAREHOUSE_ROLE = ParameterString("WarehouseRoleArn")
EXTRACT_FUNCTION = ParameterString("ExtractFunctionArn")
EXTRACT_QUEUE = ParameterString("ExtractQueueUrl")
LATEST_MODEL_FUNCTION = ParameterString("LatestModelFunctionArn")
LOAD_PREDICTIONS_FUNCTION = ParameterString("LoadPredictionsFunctionArn")
MODEL_PACKAGE_GROUP = ParameterString("ModelPackageGroupName")
SKLEARN_IMAGE = ParameterString("SklearnImageUri")
XGBOOST_IMAGE = ParameterString("XgboostImageUri")
MODEL_MONITOR_IMAGE = ParameterString("ModelMonitorImageUri")
TAG_ENVIRONMENT = ParameterString("TagEnvironment")
TAG_OWNER = ParameterString("TagOwner")
TAG_COST_CENTER = ParameterString("TagCostCenter")
