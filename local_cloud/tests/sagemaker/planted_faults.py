"""Faults for a valid definition: the place, the value, and the expected finding.

A place is the path of a member in definitions/complete.json, in which names represent steps. The
source is botocore's model of the API, unless a comment contains another source.
"""

from __future__ import annotations

from typing import Any

REMOVED: Any = object()
"""The value of a fault that removes a member."""

TRAIN = ("Train", "Arguments")
PREPARE = ("Prepare", "Arguments")
CLUSTER = (*PREPARE, "ProcessingResources", "ClusterConfig")
OUTPUTS = (*PREPARE, "ProcessingOutputConfig", "Outputs")
CHANNEL = (*TRAIN, "InputDataConfig", 0)
CONDITION = ("Check", "Arguments", "Conditions", 0)
PARAMETERS = ("Parameters",)
IMAGE = (*TRAIN, "AlgorithmSpecification", "TrainingImage")
POLICY = ("Train", "RetryPolicies", 0)
REGISTER = ("Register", "Arguments")
CONTAINER = ("Create", "Arguments", "PrimaryContainer")
FILE = ("Prepare", "PropertyFiles", 0)


def get(target: str) -> dict[str, str]:
    return {"Get": target}


def json_get(path: Any) -> dict[str, Any]:
    file = get("Steps.Prepare.PropertyFiles.Report")
    return {"Std:JsonGet": {"PropertyFile": file, "Path": path}}


def copied(place: tuple[Any, ...]) -> Any:
    """Return a fault that repeats the item of a list."""
    return lambda items: [*items, items[place[-1]]]


OUTPUT_OF_PREPARE = "Steps.Prepare.ProcessingOutputConfig.Outputs"
FAIL = {"Type": "Fail", "Arguments": {"ErrorMessage": "no"}}
MANY_STEPS = [{"Name": f"s{number}", **FAIL} for number in range(45)]
MANY_PARAMETERS = [{"Name": f"p{number}", "Type": "String"} for number in range(200)]

FAULTS: list[tuple[str, tuple[Any, ...], Any, str]] = [
    # The definition. Source: pipeline-definition-schema.json of AWS' repository
    # aws-sagemaker-mlops/sagemaker-model-building-pipeline-definition-JSON-schema.
    ("another version", ("Version",), "2021-01-01", "Version: value that the API rejects"),
    ("unknown member", ("Surprise",), 1, "Surprise: unknown field"),
    ("no steps", ("Steps",), [], "no steps"),
    ("steps that are a text", ("Steps",), "none", "Steps is not a list of objects"),
    ("parameters that are an object", PARAMETERS, {}, "Parameters is not a list of objects"),
    # https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
    ("many steps", ("Steps",), lambda steps: steps + MANY_STEPS, "too many steps"),
    ("many parameters", PARAMETERS, lambda found: found + MANY_PARAMETERS, "too many parameters"),
    # Parameters.
    ("parameter without a type", (*PARAMETERS, 0, "Type"), REMOVED, "missing field"),
    ("unknown parameter type", (*PARAMETERS, 0, "Type"), "Text", "unknown parameter type"),
    ("default of another type", (*PARAMETERS, 1, "DefaultValue"), "1", "wrong type for the par"),
    ("Boolean for an Integer", (*PARAMETERS, 1, "DefaultValue"), True, "wrong type for the par"),
    ("default outside the values", (*PARAMETERS, 3, "DefaultValue"), "x", "default is not among"),
    ("duplicate parameter", PARAMETERS, copied((0,)), "duplicate parameter name"),
    (
        "long parameter name",
        (*PARAMETERS, 0, "Name"),
        "n" * 257,
        "Name: value that the API rejects",
    ),
    ("parameter name with a blank", (*PARAMETERS, 0, "Name"), "a b", "Name: value that the API"),
    ("unknown member of a parameter", (*PARAMETERS, 0, "Default"), "x", "Default: unknown field"),
    # https://github.com/aws/sagemaker-python-sdk/issues/2314
    ("17 values", (*PARAMETERS, 3, "EnumValues"), list("abcdefghijklmnopq"), "too many or too few"),
    ("default the API rejects", (*PARAMETERS, 0, "DefaultValue"), "ml.huge", "(InstanceType)"),
    # Steps.
    ("step without a name", ("Train", "Name"), REMOVED, "missing field"),
    ("step name of 65 characters", ("Tell", "Name"), "n" * 65, "bad step name"),
    ("step name with a blank", ("Tell", "Name"), "a b!", "bad step name"),
    ("duplicate step", ("Reject", "Name"), "Train", "duplicate step name"),
    ("unknown step type", ("Train", "Type"), "Trainning", "unknown step type"),
    ("unknown member of a step", ("Train", "Surprise"), 1, "Surprise: unknown field"),
    ("long display name", ("Train", "DisplayName"), "n" * 257, "value that the API rejects"),
    ("long description", ("Train", "Description"), "n" * 3073, "value that the API rejects"),
    ("arguments that are a list", ("Train", "Arguments"), [], "arguments are not an object"),
    ("depends on nothing", ("Train", "DependsOn"), ["Nowhere"], "depends on a missing step"),
    ("depends on a text", ("Train", "DependsOn"), "Ask", "DependsOn is not a list"),
    ("cycle", ("Prepare", "DependsOn"), ["Train"], "cycle"),
    (
        "reads the other branch",
        ("Tell", "Arguments", "name"),
        get("Steps.Create.ModelName"),
        "waits for a step of the other branch",
    ),
    (
        "depends on the other branch",
        ("Reject", "DependsOn"),
        ["Score"],
        "waits for a step of the other branch",
    ),
    # Expressions.
    ("undeclared parameter", (*TRAIN, "RoleArn"), get("Parameters.Role"), "undeclared parameter"),
    ("unknown variable", (*TRAIN, "RoleArn"), get("Execution.Mood"), "unknown execution variable"),
    ("missing step", (*TRAIN, "RoleArn"), get("Steps.Nowhere.RoleArn"), "to a missing step"),
    ("missing property", (*TRAIN, "RoleArn"), get("Steps.Prepare.Mood"), "to a missing property"),
    (
        "missing output",
        (*CHANNEL, "DataSource", "S3DataSource", "S3Uri"),
        get(f"{OUTPUT_OF_PREPARE}['test'].S3Output.S3Uri"),
        "reference to a missing property",
    ),
    (
        "undeclared output of a function",
        (*TRAIN, "Environment"),
        {"A": get("Steps.Ask.OutputParameters['url']")},
        "reference to a missing property",
    ),
    (
        "property of a Fail step",
        (*TRAIN, "RoleArn"),
        get("Steps.Reject.ErrorMessage"),
        "reference to a missing property",
    ),
    (
        "missing property file",
        (*CONDITION, "LeftValue"),
        {"Std:JsonGet": {"PropertyFile": get("Steps.Prepare.PropertyFiles.X"), "Path": "a"}},
        "reference to a missing property file",
    ),
    ("malformed Get", IMAGE, get("Stepz.A"), "malformed Get"),
    ("unknown function", IMAGE, {"Std:Concat": ["a"]}, "unknown function"),
    ("malformed Join", IMAGE, {"Std:Join": {"On": "/"}}, "malformed Std:Join"),
    ("empty JSON path", (*CONDITION, "LeftValue"), json_get(""), "malformed Std:JsonGet"),
    (
        "JSON path with an open bracket",
        (*CONDITION, "LeftValue"),
        json_get("a[0"),
        "malformed Std:JsonGet",
    ),
    (
        "JSON path with two dots",
        (*CONDITION, "LeftValue"),
        json_get("a..b"),
        "malformed Std:JsonGet",
    ),
    # https://github.com/aws/sagemaker-python-sdk/issues/3463
    (
        "JSON path by expression",
        (*CONDITION, "LeftValue"),
        json_get(get("Parameters.Approval")),
        "malformed Std:JsonGet",
    ),
    # Conditions.
    ("unknown condition", (*CONDITION, "Type"), "LessOrEqual", "unknown condition type"),
    ("condition without a right", (*CONDITION, "RightValue"), REMOVED, "malformed condition"),
    # https://github.com/aws/sagemaker-python-sdk/issues/2746
    (
        "Not with an Expression",
        ("Check", "Arguments", "Conditions", 1),
        {"Type": "Not", "Expression": {"Type": "Equals", "LeftValue": 1, "RightValue": 1}},
        "malformed condition",
    ),
    (
        "text compared with a number",
        ("Check", "Arguments", "Conditions", 0),
        {"Type": "GreaterThan", "LeftValue": "a", "RightValue": 1},
        "values of different types",
    ),
    (
        "text of a function compared with a number",
        ("Check", "Arguments", "Conditions", 0),
        {"Type": "Equals", "LeftValue": get("Steps.Ask.OutputParameters['uri']"), "RightValue": 1},
        "values of different types",
    ),
    ("no conditions", ("Check", "Arguments", "Conditions"), [], "no conditions"),
    ("unknown argument of a condition", ("Check", "Arguments", "Then"), [], "Then: unknown field"),
    (
        "unknown argument of a Fail step",
        ("Reject", "Arguments", "Message"),
        "no",
        "Message: unknown field",
    ),
    # Requests.
    ("missing role", (*TRAIN, "RoleArn"), REMOVED, "RoleArn: missing field"),
    ("unknown argument", (*TRAIN, "Role"), "r", "Role: unknown field"),
    ("malformed role ARN", (*TRAIN, "RoleArn"), "arn:aws:iam::12:role/a", "value that the API"),
    ("wrong enumeration", (*OUTPUTS, 0, "S3Output", "S3UploadMode"), "AtEnd", "value that the API"),
    ("count that is a text", (*CLUSTER, "InstanceCount"), "1", "value of the wrong type"),
    (
        "text by a number",
        (*CLUSTER, "InstanceType"),
        get("Parameters.InstanceCount"),
        "expression of the wrong type",
    ),
    ("URI without s3://", (*OUTPUTS, 1, "S3Output", "S3Uri"), "lake/report", "value that the API"),
    (
        "output path without s3://",
        (*TRAIN, "OutputDataConfig", "S3OutputPath"),
        "lake/models",
        "value that the API rejects",
    ),
    ("volume of 0 GB", (*CLUSTER, "VolumeSizeInGB"), 0, "value that the API rejects"),
    ("runtime of 0 s", (*TRAIN, "StoppingCondition", "MaxRuntimeInSeconds"), 0, "value that the"),
    ("empty image of a job", (*PREPARE, "AppSpecification", "ImageUri"), "", "no image"),
    ("empty training image", IMAGE, "", "not exactly one algorithm"),
    ("empty image of a model", (*CONTAINER, "Image"), "", "value that the API rejects"),
    ("no content types", (*REGISTER, "InferenceSpecification", "Containers"), [], "too many or"),
    ("approval status", (*REGISTER, "ModelApprovalStatus"), "Perhaps", "value that the API"),
    (
        "number as hyperparameter",
        (*TRAIN, "HyperParameters", "depth"),
        3,
        "value of the wrong type",
    ),
    (
        "argument of 257 characters",
        (*PREPARE, "AppSpecification", "ContainerArguments"),
        ["a" * 257],
        "value that the API rejects",
    ),
    (
        "input without a source",
        (*PREPARE, "ProcessingInputs", 0, "S3Input"),
        REMOVED,
        "processing input with neither",
    ),
    (
        "function ARN by expression",
        ("Ask", "FunctionArn"),
        get("Execution.PipelineName"),
        "expression in a field for texts only",
    ),
    ("function without an ARN", ("Ask", "FunctionArn"), REMOVED, "value of the wrong type"),
    ("callback without a queue", ("Tell", "SqsQueueUrl"), REMOVED, "value of the wrong type"),
    ("output type", ("Ask", "OutputParameters", 0, "OutputType"), "Text", "value that the API"),
    # Names that are used twice.
    ("duplicate output", OUTPUTS, copied((0,)), "duplicate output name"),
    ("duplicate input", (*PREPARE, "ProcessingInputs"), copied((0,)), "duplicate input name"),
    ("duplicate channel", (*TRAIN, "InputDataConfig"), copied((0,)), "duplicate channel name"),
    ("duplicate tag", (*TRAIN, "Tags"), copied((0,)), "duplicate tag name"),
    (
        "duplicate property file",
        ("Prepare", "PropertyFiles"),
        copied((0,)),
        "duplicate property file name",
    ),
    (
        "duplicate output of a function",
        ("Ask", "OutputParameters"),
        copied((0,)),
        "duplicate output parameter name",
    ),
    ("property file in a missing output", (*FILE, "OutputName"), "x", "in a missing output"),
    ("property file without a path", (*FILE, "FilePath"), REMOVED, "missing field"),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html
    ("both bounds of a retry policy", (*POLICY, "ExpireAfterMin"), 5, "with two bounds"),
    ("unknown retry exception", (*POLICY, "ExceptionType"), ["Step.LUCK"], "unknown retry"),
    ("21 attempts", (*POLICY, "MaxAttempts"), 21, "value that the API rejects"),
    ("interval of a day", (*POLICY, "IntervalSeconds"), 86_400, "value that the API rejects"),
    (
        "job error on a model",
        ("Create", "RetryPolicies"),
        [{"ExceptionType": ["SageMaker.RESOURCE_LIMIT"]}],
        "unknown retry exception",
    ),
    (
        "retried condition",
        ("Check", "RetryPolicies"),
        [{"ExceptionType": ["Step.THROTTLING"]}],
        "retry policies on a step without retries",
    ),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html
    ("cached until soon", ("Prepare", "CacheConfig", "ExpireAfter"), "soon", "not a duration"),
    ("caching that is a text", ("Prepare", "CacheConfig", "Enabled"), "yes", "value of the wrong"),
]

# Changes that the same sources allow.
ALLOWED: list[tuple[str, tuple[Any, ...], Any]] = [
    ("no version", ("Version",), REMOVED),
    ("no metadata", ("Metadata",), REMOVED),
    ("no parameters that are used", ("Metadata",), {"by": "a person"}),
    ("null members", ("MlflowConfig",), None),
    ("null members of a step", ("Train", "CacheConfig"), None),
    ("null members of a request", (*TRAIN, "VpcConfig"), None),
    ("a retry policy with the default bound", (*POLICY, "MaxAttempts"), REMOVED),
    ("a policy that never retries", (*POLICY, "MaxAttempts"), 0),
    ("the guide's name of an error", (*POLICY, "ExceptionType"), ["SageMaker.JOB_CAPACITY_ERROR"]),
    ("an ISO 8601 duration", ("Prepare", "CacheConfig", "ExpireAfter"), "PT1H"),
    ("an ignored duration", ("Prepare", "CacheConfig"), {"Enabled": False, "ExpireAfter": "soon"}),
    ("a JSON path with brackets", (*CONDITION, "LeftValue"), json_get("folds[0]['a.b'].value")),
    ("a Fail step without a message", ("Reject", "Arguments"), {}),
    ("a description of a parameter", (*PARAMETERS, 0, "Description"), "of the jobs"),
]
