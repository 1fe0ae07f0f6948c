"""An execution of a definition with expressions of all kinds, and its values."""

from __future__ import annotations

import json

from execution_reader.definition import parse
from execution_reader.execution import Execution
from execution_reader.started_step import StartedStep
from run_report.document_values import DocumentValues

RATIO = {
    "Std:JsonGet": {
        "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.EvaluationReport"},
        "Path": "metrics.ratio['value']",
    }
}
ROWS = {"Get": "Steps.Extract.OutputParameters['rows']"}
MODEL = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
CONDITIONS = [
    {"Type": "LessThanOrEqualTo", "LeftValue": RATIO, "RightValue": {"Get": "Parameters.Limit"}},
    {"Type": "Or", "Conditions": [{"Type": "GreaterThan", "LeftValue": 3, "RightValue": 4}]},
    {"Type": "Not", "Condition": {"Type": "In", "QueryValue": ROWS, "Values": ["0"]}},
    {"Type": "Equals", "LeftValue": MODEL, "RightValue": "a"},
]
BODY = {
    "Parameters": [
        {"Name": "Limit", "Type": "Float", "DefaultValue": 0.9},
        {"Name": "Count", "Type": "Integer", "DefaultValue": 2},
        {"Name": "Fast", "Type": "Boolean", "DefaultValue": True},
        {"Name": "Bucket", "Type": "String"},
    ],
    "Steps": [
        {"Name": "Extract", "Type": "Lambda", "Arguments": {}},
        {"Name": "Train", "Type": "Training", "Arguments": {"a": [{"b": ROWS}]}},
        {
            "Name": "Evaluate",
            "Type": "Processing",
            "DependsOn": ["Extract"],
            "Arguments": {"model": MODEL},
            "PropertyFiles": [
                {
                    "PropertyFileName": "EvaluationReport",
                    "OutputName": "evaluation",
                    "FilePath": "evaluation.json",
                }
            ],
        },
        {
            "Name": "Gate",
            "Type": "Condition",
            "Arguments": {
                "Conditions": CONDITIONS,
                "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": RATIO}],
                "ElseSteps": [{"Name": "Reject", "Type": "Fail", "Arguments": {}}],
            },
        },
    ],
}
DEFINITION = parse(json.dumps(BODY))
ARN = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/demand/execution/abc"
DOCUMENTS = {"Evaluate/evaluation/evaluation.json": {"metrics": {"ratio": {"value": 0.75}}}}


def execution(parameters=None, **metadata) -> Execution:
    """An execution whose steps with `metadata` have succeeded."""
    entries = [
        {"StepName": name, "StepStatus": "Succeeded", "Metadata": found}
        for name, found in metadata.items()
    ]
    started = {each["StepName"]: StartedStep.of(each) for each in entries}
    values = {"Limit": "0.5"} if parameters is None else parameters
    return Execution(ARN, {"PipelineExecutionStatus": "Succeeded"}, DEFINITION, values, started)


def values(**metadata) -> DocumentValues:
    extract = {"Lambda": {"Arn": "a", "OutputParameters": [{"Name": "rows", "Value": "12"}]}}
    return DocumentValues(execution(**{"Extract": extract, **metadata}), DOCUMENTS)
