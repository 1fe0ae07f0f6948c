"""Each rule of the linter: a definition with one error, and the finding that reports it."""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import steps_of
from local_cloud.definition_rules.rules import findings_of
from pipeline_code.compiler.lint import house, lint
from pipeline_code.compiler.placeholders import UnknownText, folded, replaced

RUN = {"Get": "Execution.PipelineExecutionId"}


def step(body, name):
    return next(item.document for item in steps_of(body) if item.name == name)


def arguments(body, name):
    return step(body, name)["Arguments"]


def parameter(body, name):
    return next(item for item in body["Parameters"] if item["Name"] == name)


def condition(body):
    return arguments(body, "CheckError")["Conditions"][0]


def warehouse_input(body):
    return arguments(body, "Preprocess")["ProcessingInputs"][1]


def nested(value, *keys):
    for key in keys:
        value = value[key]
    return value


def setter(*keys):
    """Return a change of a definition: setter(step, key, …, value) sets a value of the request."""
    *place, last, value = keys

    def change(body):
        nested(arguments(body, place[0]), *place[1:])[last] = value

    return change


def remover(*keys):
    *place, last = keys

    def change(body):
        del nested(arguments(body, place[0]), *place[1:])[last]

    return change


def unknown_step_type(body):
    step(body, "Train")["Type"] = "Trainning"


def unknown_condition_type(body):
    condition(body)["Type"] = "ConditionLessThanOrEqualTo"


def unknown_condition_in_or(body):
    inner = {"Type": "Equal", "LeftValue": 1, "RightValue": 1}
    negated = {"Type": "Not", "Condition": {"Type": "Or", "Conditions": [inner]}}
    arguments(body, "CheckError")["Conditions"].append(negated)


def condition_without_right(body):
    del condition(body)["RightValue"]


def compares_a_list(body):
    condition(body)["RightValue"] = [1]


def no_conditions(body):
    arguments(body, "CheckError")["Conditions"] = []


def compares_text_with_number(body):
    condition(body)["LeftValue"] = {"Get": "Parameters.ModelApprovalStatus"}


def unused_parameter(body):
    body["Parameters"].append({"Name": "Spare", "Type": "String"})


def undeclared_parameter(body):
    body["Parameters"].remove(parameter(body, "ProcessingInstanceType"))


def duplicate_parameter(body):
    body["Parameters"].append(dict(parameter(body, "MaxErrorRatio")))


def unknown_parameter_type(body):
    parameter(body, "MaxErrorRatio")["Type"] = "Text"


def parameter_type_by_expression(body):
    parameter(body, "MaxErrorRatio")["Type"] = {"Get": "Execution.PipelineName"}


def default_of_another_type(body):
    parameter(body, "ProcessingInstanceCount")["DefaultValue"] = "1"


def truth_as_a_number(body):
    parameter(body, "ProcessingInstanceCount")["DefaultValue"] = True


def default_outside_the_enumeration(body):
    parameter(body, "ModelApprovalStatus")["DefaultValue"] = "Perhaps"


def default_that_the_api_rejects(body):
    parameter(body, "TrainingInstanceType")["DefaultValue"] = "ml.m5.larg"


def enumeration_that_the_api_rejects(body):
    parameter(body, "ModelApprovalStatus")["EnumValues"].append("Maybe")


def duplicate_name_across_a_branch(body):
    step(body, "RejectModel")["Name"] = "Train"


def bad_step_name(body):
    step(body, "RejectModel")["Name"] = "Reject the model"


def depends_on_missing(body):
    step(body, "Train")["DependsOn"] = ["Prepare"]


def unknown_trigger(body):
    step(body, "Train")["DependsOn"] = [{"Step": "Preprocess", "Trigger": "Perhaps"}]


def cycle(body):
    step(body, "Preprocess")["DependsOn"] = ["Evaluate"]


def cycle_through_a_branch(body):
    step(body, "Train")["DependsOn"] = ["CreateModel"]


def missing_property_file(body):
    step(body, "Evaluate")["PropertyFiles"][0]["PropertyFileName"] = "Other"


def property_file_in_missing_output(body):
    step(body, "Evaluate")["PropertyFiles"][0]["OutputName"] = "report"


def lost_dataset_definition(body):
    del warehouse_input(body)["DatasetDefinition"]


def two_sources(body):
    source = arguments(body, "Preprocess")["ProcessingInputs"][0]["S3Input"]
    warehouse_input(body)["S3Input"] = dict(source)


def empty_data_set(body):
    del warehouse_input(body)["DatasetDefinition"]["RedshiftDatasetDefinition"]


def data_set_elsewhere(body):
    warehouse_input(body)["DatasetDefinition"]["LocalPath"] = "/data"


def fixed_unload_place(body):
    data_set = warehouse_input(body)["DatasetDefinition"]["RedshiftDatasetDefinition"]
    data_set["OutputS3Uri"] = "s3://lake/unload"


def output_of_the_day(body):
    output = arguments(body, "Preprocess")["ProcessingOutputConfig"]["Outputs"][0]
    values = ["s3://lake", {"Get": "Execution.StartDateTime"}]
    output["S3Output"]["S3Uri"] = {"Std:Join": {"On": "/", "Values": values}}


def number_in_a_fail_message(body):
    arguments(body, "RejectModel")["ErrorMessage"] = {"Get": "Parameters.MaxErrorRatio"}


def lambda_without_function(body):
    body["Steps"].append({"Name": "Tell", "Type": "Lambda", "Arguments": {}})


def function_by_expression(body):
    tell = {"Name": "Tell", "Type": "Lambda", "Arguments": {}}
    body["Steps"].append({**tell, "FunctionArn": RUN})


def undeclared_lambda_output(body):
    outputs = [{"OutputName": "uri", "OutputType": "String"}]
    tell = {"Name": "Tell", "Type": "Lambda", "Arguments": {}, "OutputParameters": outputs}
    body["Steps"].append({**tell, "FunctionArn": "arn:aws:lambda:r:1:function:f"})
    reference = {"Get": "Steps.Tell.OutputParameters['url']"}
    arguments(body, "Train")["Environment"] = {"URL": reference}


def unknown_retry(body):
    step(body, "Train")["RetryPolicies"][0]["ExceptionType"] = ["SageMaker.ANY"]


def job_retry_on_a_model(body):
    step(body, "CreateModel")["RetryPolicies"][0]["ExceptionType"] = ["SageMaker.CAPACITY_ERROR"]


def retry_with_two_bounds(body):
    step(body, "Train")["RetryPolicies"][0]["ExpireAfterMin"] = 60


def retried_condition(body):
    step(body, "CheckError")["RetryPolicies"] = step(body, "Train")["RetryPolicies"]


def unreadable_cache(body):
    step(body, "Train")["CacheConfig"] = {"Enabled": "yes"}


def misspelt_retry(body):
    policy = step(body, "Train")["RetryPolicies"][0]
    policy["Attempts"] = policy.pop("MaxAttempts")


def property_file_without_path(body):
    del step(body, "Evaluate")["PropertyFiles"][0]["FilePath"]


def no_steps(body):
    body["Steps"] = []
    body["Parameters"] = []


def listed_arguments(body):
    step(body, "RejectModel")["Arguments"] = ["no"]


OUTPUT_S3 = ("Preprocess", "ProcessingOutputConfig", "Outputs", 0, "S3Output")
IMAGE = ("Train", "AlgorithmSpecification", "TrainingImage")
FINDINGS = [
    ("unknown step type", "Train", "Type", unknown_step_type),
    ("unknown condition type", "CheckError", "Conditions[0].Type", unknown_condition_type),
    (
        "unknown condition type",
        "CheckError",
        "Conditions[1].Condition.Conditions[0].Type",
        unknown_condition_in_or,
    ),
    ("malformed condition", "CheckError", "Conditions[0]", condition_without_right),
    ("malformed condition", "CheckError", "Conditions[0]", compares_a_list),
    ("no conditions", "CheckError", "Conditions", no_conditions),
    ("compares values of different types", "CheckError", "[0]", compares_text_with_number),
    ("no steps", "", "Steps", no_steps),
    ("value of the wrong type", "Train", "CacheConfig.Enabled", unreadable_cache),
    ("unknown field", "Train", "RetryPolicies[0].Attempts", misspelt_retry),
    ("missing field", "Evaluate", "PropertyFiles[0].FilePath", property_file_without_path),
    ("arguments are not an object", "RejectModel", "Arguments", listed_arguments),
    ("unused parameter", "", "Name", unused_parameter),
    ("undeclared parameter", "Preprocess", "InstanceType", undeclared_parameter),
    ("duplicate parameter name", "", "Parameters", duplicate_parameter),
    ("unknown parameter type", "", "Type", unknown_parameter_type),
    ("value of the wrong type", "", "Type", parameter_type_by_expression),
    ("value of the wrong type for the parameter", "", "DefaultValue", default_of_another_type),
    ("value of the wrong type for the parameter", "", "DefaultValue", truth_as_a_number),
    (
        "default is not among the parameter's values",
        "",
        "DefaultValue",
        default_outside_the_enumeration,
    ),
    (
        "parameter value that the API rejects (TrainingInstanceType)",
        "Train",
        "InstanceType",
        default_that_the_api_rejects,
    ),
    (
        "parameter value that the API rejects (ModelApprovalStatus)",
        "RegisterModel",
        "ModelApprovalStatus",
        enumeration_that_the_api_rejects,
    ),
    ("duplicate step name", "Train", "Name", duplicate_name_across_a_branch),
    ("bad step name", "Reject the model", "Name", bad_step_name),
    ("depends on a missing step", "Train", "DependsOn[0]", depends_on_missing),
    ("unknown trigger", "Train", "DependsOn[0]", unknown_trigger),
    ("cycle", "Preprocess", "Steps[0]", cycle),
    ("cycle", "Train", "Steps[1]", cycle_through_a_branch),
    ("malformed Get", "Train", "TrainingImage", setter(*IMAGE, {"Get": "SklearnImageUri"})),
    ("malformed Get", "Train", "TrainingImage", setter(*IMAGE, {"Get": "Steps.A.B["})),
    ("malformed Get", "Train", "TrainingImage", setter(*IMAGE, {"Get": 5})),
    (
        "malformed Std:Join",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Std:Join": {"Values": ["a"]}}),
    ),
    (
        "malformed Std:Join",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Std:Join": {"On": "", "Values": [{"a": 1}]}}),
    ),
    (
        "malformed Std:JsonGet",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Std:JsonGet": {"PropertyFile": "EvaluationReport", "Path": "a"}}),
    ),
    (
        "malformed Std:JsonGet",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.A.PropertyFiles.B"}}}),
    ),
    (
        "malformed expression",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Get": "Parameters.CodeKey", "Std:Join": {}}),
    ),
    ("unknown function", "Train", "TrainingImage", setter(*IMAGE, {"Std:Concat": ["a", "b"]})),
    (
        "reference to a missing step",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Get": "Steps.Prepare.RoleArn"}),
    ),
    (
        "reference to a missing property",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Get": "Steps.Preprocess.Role"}),
    ),
    (
        "reference to a missing property",
        "Train",
        "TrainingImage",
        setter(
            *IMAGE,
            {"Get": "Steps.Preprocess.ProcessingOutputConfig.Outputs['x'].S3Output.S3Uri"},
        ),
    ),
    (
        "reference to a missing property",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Get": "Steps.Preprocess.RoleArn.Name"}),
    ),
    (
        "reference to a missing property",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Get": "Steps.RejectModel.ErrorMessage"}),
    ),
    ("reference to a missing property", "Train", "URL", undeclared_lambda_output),
    (
        "unknown execution variable",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Get": "Execution.Id"}),
    ),
    ("reference to a missing property file", "CheckError", "PropertyFile", missing_property_file),
    (
        "property file in a missing output",
        "Evaluate",
        "OutputName",
        property_file_in_missing_output,
    ),
    (
        "expression of the wrong type (integer)",
        "Train",
        "InstanceType",
        setter(
            "Train",
            "ResourceConfig",
            "InstanceType",
            {"Get": "Parameters.TrainingInstanceCount"},
        ),
    ),
    (
        "expression of the wrong type (float)",
        "Train",
        "share",
        setter("Train", "HyperParameters", {"share": {"Get": "Parameters.MaxErrorRatio"}}),
    ),
    (
        "expression of the wrong type (string)",
        "Train",
        "InstanceCount",
        setter(
            "Train", "ResourceConfig", "InstanceCount", {"Get": "Parameters.TrainingInstanceType"}
        ),
    ),
    (
        "expression of the wrong type (structure)",
        "Train",
        "TrainingImage",
        setter(*IMAGE, {"Get": "Steps.Preprocess.AppSpecification"}),
    ),
    (
        "expression of the wrong type (float)",
        "RejectModel",
        "ErrorMessage",
        number_in_a_fail_message,
    ),
    (
        "value of the wrong type",
        "Train",
        "InstanceCount",
        setter("Train", "ResourceConfig", "InstanceCount", "1"),
    ),
    ("value of the wrong type", "Tell", "FunctionArn", lambda_without_function),
    ("expression in a field for texts only", "Tell", "FunctionArn", function_by_expression),
    ("missing field", "Train", "RoleArn", remover("Train", "RoleArn")),
    ("unknown field", "Train", "Role", setter("Train", "Role", "r")),
    (
        "value that the API rejects",
        "Preprocess",
        "OutputFormat",
        setter(
            "Preprocess",
            "ProcessingInputs",
            1,
            "DatasetDefinition",
            "RedshiftDatasetDefinition",
            "OutputFormat",
            "ORC",
        ),
    ),
    (
        "value that the API rejects",
        "Preprocess",
        "QueryString",
        setter(
            "Preprocess",
            "ProcessingInputs",
            1,
            "DatasetDefinition",
            "RedshiftDatasetDefinition",
            "QueryString",
            "x" * 4097,
        ),
    ),
    (
        "value that the API rejects",
        "CreateModel",
        "ExecutionRoleArn",
        setter("CreateModel", "ExecutionRoleArn", "arn:aws:iam::12:role/short-account"),
    ),
    (
        "value that the API rejects",
        "CreateModel",
        "Key",
        setter("CreateModel", "Tags", 0, "Key", "no;semicolons"),
    ),
    (
        "value that the API rejects",
        "Train",
        "MaxRuntimeInSeconds",
        setter("Train", "StoppingCondition", "MaxRuntimeInSeconds", 0),
    ),
    (
        "too many or too few",
        "RegisterModel",
        "SupportedTransformInstanceTypes",
        setter("RegisterModel", "InferenceSpecification", "SupportedTransformInstanceTypes", []),
    ),
    (
        "job name in a request",
        "Train",
        "TrainingJobName",
        setter("Train", "TrainingJobName", "mine"),
    ),
    ("job name in a request", "CreateModel", "ModelName", setter("CreateModel", "ModelName", "m")),
    (
        "processing input with neither S3Input nor DatasetDefinition",
        "Preprocess",
        "ProcessingInputs[1]",
        lost_dataset_definition,
    ),
    (
        "processing input with both S3Input and DatasetDefinition",
        "Preprocess",
        "ProcessingInputs[1]",
        two_sources,
    ),
    (
        "dataset definition with neither AthenaDatasetDefinition nor RedshiftDatasetDefinition",
        "Preprocess",
        "DatasetDefinition",
        empty_data_set,
    ),
    (
        "data set at an invalid path",
        "Preprocess",
        "LocalPath",
        data_set_elsewhere,
    ),
    ("output without the execution id", "Preprocess", "OutputS3Uri", fixed_unload_place),
    ("output without the execution id", "Preprocess", "S3Uri", output_of_the_day),
    (
        "output without the execution id",
        "Train",
        "S3OutputPath",
        setter("Train", "OutputDataConfig", "S3OutputPath", "s3://lake/models"),
    ),
    ("unknown retry exception", "Train", "ExceptionType", unknown_retry),
    ("unknown retry exception", "CreateModel", "ExceptionType", job_retry_on_a_model),
    ("retry policy with two bounds", "Train", "RetryPolicies[0]", retry_with_two_bounds),
    (
        "retry policies on a step without retries",
        "CheckError",
        "RetryPolicies",
        retried_condition,
    ),
]


def text_of_a_number(body):
    number = {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.MaxErrorRatio"}]}}
    arguments(body, "Train")["HyperParameters"] = {"share": number}


def nested_conditions(body):
    small = {"Type": "LessThan", "LeftValue": {"Get": "Parameters.MaxErrorRatio"}, "RightValue": 1}
    either = {"Type": "Or", "Conditions": [small, condition(body)]}
    among = {"Type": "In", "QueryValue": {"Get": "Parameters.ModelApprovalStatus"}}
    negated = {"Type": "Not", "Condition": {**among, "Values": ["Rejected"]}}
    arguments(body, "CheckError")["Conditions"] = [either, negated]


def dependency_with_a_trigger(body):
    step(body, "Train")["DependsOn"] = ["Preprocess", {"Step": "Preprocess", "Trigger": "Any"}]


def athena_data_set(body):
    data_set = warehouse_input(body)["DatasetDefinition"]
    del data_set["RedshiftDatasetDefinition"]
    data_set["AthenaDatasetDefinition"] = {
        "Catalog": "AwsDataCatalog",
        "Database": {"Get": "Environment.Database"},
        "QueryString": "SELECT 1",
        "OutputS3Uri": {"Std:Join": {"On": "/", "Values": ["s3://lake", RUN]}},
        "OutputFormat": "PARQUET",
    }


def output_found_by_number(body):
    uri = {"Get": "Steps.Preprocess.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri"}
    channel = arguments(body, "Train")["InputDataConfig"][1]
    channel["DataSource"]["S3DataSource"]["S3Uri"] = uri


def words_of_any_language(body):
    arguments(body, "CreateModel")["Tags"][0]["Value"] = "Größe ёж 数 + a@b:c/d=e_f.g-h"


def lambda_between_steps(body):
    outputs = [{"OutputName": "count", "OutputType": "Integer"}]
    count = {"Name": "Count", "Type": "Lambda", "Arguments": {"run": RUN}}
    arn = "arn:aws:lambda:us-east-1:123456789012:function:count"
    body["Steps"].append({**count, "FunctionArn": arn, "OutputParameters": outputs})
    instances = {"Get": "Steps.Count.OutputParameters['count']"}
    arguments(body, "Train")["ResourceConfig"]["InstanceCount"] = instances
    body["Parameters"].remove(parameter(body, "TrainingInstanceCount"))


def retry_with_the_default_bound(body):
    del step(body, "Train")["RetryPolicies"][0]["MaxAttempts"]


def time_bound_retry(body):
    policy = step(body, "Train")["RetryPolicies"][0]
    del policy["MaxAttempts"]
    policy["ExpireAfterMin"] = 60


ACCEPTED = [
    lambda body: None,
    text_of_a_number,
    nested_conditions,
    dependency_with_a_trigger,
    athena_data_set,
    output_found_by_number,
    words_of_any_language,
    lambda_between_steps,
    time_bound_retry,
    retry_with_the_default_bound,
    remover("RegisterModel", "ModelMetrics", "ModelQuality"),
    setter("Train", "StoppingCondition", "MaxRuntimeInSeconds", 60),
    setter("CreateModel", "ExecutionRoleArn", {"Get": "Environment.ModelRoleArn"}),
    setter("Train", "Environment", {"RUN": RUN, "SEED": "17"}),
]


@pytest.mark.parametrize(("rule", "at", "path", "change"), FINDINGS)
def test_a_fault_is_found_where_it_is(body, rule, at, path, change):
    change(body)
    found = [finding for finding in lint(body) if finding.rule == rule and finding.step == at]
    assert any(finding.path.endswith(path) for finding in found), [*map(str, lint(body))]


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_is_right_is_accepted(body, change):
    change(body)
    assert [str(finding) for finding in lint(body)] == []


def test_a_finding_says_where_what_and_what_to_do(body):
    unknown_condition_type(body)
    (finding,) = lint(body)
    assert str(finding) == (
        "step CheckError, Steps[4].Arguments.Conditions[0].Type: unknown condition type: "
        '"ConditionLessThanOrEqualTo". Allowed: Equals, GreaterThan, GreaterThanOrEqualTo, '
        "LessThan, LessThanOrEqualTo, In, Not, Or. To do: name one of these types."
    )


def test_the_nearest_of_many_allowed_values_are_named(body):
    default_that_the_api_rejects(body)
    (finding,) = lint(body)
    assert "ml.m5.large" in finding.allowed
    assert "more" in finding.allowed


def test_every_fault_is_found_at_once(body):
    for change in (unknown_condition_type, unused_parameter, lost_dataset_definition, cycle):
        change(body)
    rules = [finding.rule for finding in lint(body)]
    assert {"unknown condition type", "unused parameter", "cycle"} <= set(rules)
    assert any(rule.startswith("processing input with neither") for rule in rules)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"Steps": None, "Parameters": 5},
        {"Steps": [{"Name": "A", "Type": {"Get": "x"}}], "Parameters": []},
        {"Steps": [{"Name": "A", "Type": "Fail", "Arguments": {}}], "Parameters": [{"Name": 1}]},
        {"Steps": ["x", {"Name": 5}]},
        {"Steps": [{"Name": "A", "Type": "Processing", "Arguments": {"ProcessingInputs": 5}}]},
        {"Steps": [{"Name": "A", "Type": "Fail", "Arguments": {}, "DependsOn": {"Step": "B"}}]},
    ],
)
def test_nonsense_gives_findings_and_no_exception(broken):
    assert lint(broken)


@pytest.mark.parametrize(
    ("query", "remedy"),
    [
        ("SELECT 1;", "remove comments and the semicolon"),
        ("SELECT 1 -- one", "remove comments and the semicolon"),
        ("SELECT 1; DROP TABLE t", "a second statement begins here"),
    ],
)
def test_a_query_that_is_not_in_a_file_is_one_statement_too(body, query, remedy):
    data_set = warehouse_input(body)["DatasetDefinition"]["RedshiftDatasetDefinition"]
    data_set["QueryString"] = query
    (finding,) = lint(body)
    assert (finding.rule, finding.step) == ("query of a dataset", "Preprocess")
    assert finding.path.endswith("RedshiftDatasetDefinition.QueryString")
    assert remedy in finding.remedy


def test_a_value_of_the_environment_is_a_text_of_any_content(body):
    setter("Train", "ResourceConfig", "InstanceType", {"Get": "Environment.Type"})(body)
    setter("Train", "ResourceConfig", "InstanceCount", {"Get": "Environment.Count"})(body)
    found = [(finding.rule, finding.path.rpartition(".")[2]) for finding in lint(body)]
    assert ("value of the wrong type", "InstanceCount") in found
    assert "InstanceType" not in {name for _, name in found}


def test_what_is_deployed_holds_no_value_of_the_environment_by_its_name(body):
    assert {finding.rule for finding in findings_of(body)} == {"malformed Get"}


def test_the_rules_of_the_house_are_not_those_of_aws(body):
    for change in (unused_parameter, output_of_the_day, setter("Train", "TrainingJobName", "mine")):
        change(body)
    filled = replaced(body, lambda root, _: UnknownText("x") if root == "Environment" else None)
    deployed = folded(filled)
    assert findings_of(deployed) == []
    assert sorted(finding.rule for finding in house.check(Definition(deployed))) == [
        "job name in a request",
        "output without the execution id",
        "unused parameter",
    ]
