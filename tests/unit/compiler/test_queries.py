"""The queries of a definition, from which the rights of its database user are derived."""

from __future__ import annotations

import pytest

from pipeline_code.compiler import queries_of
from pipeline_code.compiler.queries import QueryTextError

FUNCTION, QUEUE = ({"Get": f"Environment.Extract{name}"} for name in ("FunctionArn", "QueueUrl"))


def dataset(query):
    dataset = {"RedshiftDatasetDefinition": {"QueryString": query}}
    inputs = [{"InputName": "rows", "DatasetDefinition": dataset}, {"InputName": "files"}]
    return {"Name": "Read", "Type": "Processing", "Arguments": {"ProcessingInputs": inputs}}


def test_they_are_those_of_datasets_functions_and_queues_also_in_branches():
    steps = [
        dataset("SELECT 1"),
        {
            "Name": "A",
            "Type": "Lambda",
            "FunctionArn": FUNCTION,
            "Arguments": {"query": "SELECT 2"},
        },
        {
            "Name": "Branch",
            "Type": "Condition",
            "Arguments": {
                "IfSteps": [
                    {
                        "Name": "B",
                        "Type": "Callback",
                        "SqsQueueUrl": QUEUE,
                        "Arguments": {"query": "SELECT 3"},
                    }
                ]
            },
        },
        {
            "Name": "Other",
            "Type": "Lambda",
            "FunctionArn": {"Get": "Environment.LatestModelFunctionArn"},
            "Arguments": {"query": "not SQL"},
        },
    ]
    assert queries_of("p", {"Steps": steps}) == {
        "Read (input rows)": "SELECT 1",
        "A": "SELECT 2",
        "B": "SELECT 3",
    }


def test_a_query_that_is_not_text_is_rejected():
    with pytest.raises(QueryTextError, match=r"p: the query of the step Read \(input rows\) is"):
        queries_of("p", {"Steps": [dataset({"Get": "Parameters.Query"})]})
