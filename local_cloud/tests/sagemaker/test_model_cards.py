"""Model cards of model packages are checked, stored and returned as SageMaker does.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
"""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

METRIC = {"name": "auc", "type": "number", "value": 0.7}
CONTENT = {
    "model_overview": {"model_creator": "pipeline demand", "model_artifact": ["s3://b/m.tar.gz"]},
    "intended_uses": {"purpose_of_model": "Predicts demand.", "risk_rating": "Low"},
    "training_details": {
        "objective_function": {"function": {"function": "Minimize"}, "notes": "log loss"},
        "training_job_details": {"training_environment": {"container_image": ["image"]}},
    },
    "evaluation_details": [
        {"name": "test rows", "metric_groups": [{"name": "quality", "metric_data": [METRIC]}]}
    ],
    "additional_information": {"custom_details": {"model_sha256": "ab"}},
}


def card(content=CONTENT, status="PendingReview"):
    return {"ModelCardContent": json.dumps(content), "ModelCardStatus": status}


@pytest.fixture
def register(sagemaker):
    """Return a function that registers a version with a card, and returns its ARN."""
    group = f"group-{uuid4().hex[:8]}"
    sagemaker.create_model_package_group(ModelPackageGroupName=group)

    def run(given):
        made = sagemaker.create_model_package(ModelPackageGroupName=group, ModelCard=given)
        return made["ModelPackageArn"]

    return run


def test_a_card_is_returned_as_it_was_given(sagemaker, register):
    arn = register(card())
    assert sagemaker.describe_model_package(ModelPackageName=arn)["ModelCard"] == card()
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    assert sagemaker.describe_model_package(ModelPackageName=arn)["ModelCard"] == card()


def test_only_the_risk_rating_is_metadata(sagemaker, register):
    arn = register(card())
    found = sagemaker.describe_model_package(ModelPackageName=arn, IncludedData="MetadataOnly")
    content = json.loads(found["ModelCard"]["ModelCardContent"])
    assert content == {"intended_uses": {"risk_rating": "Low"}}


def test_a_version_may_have_no_card(sagemaker):
    group = f"group-{uuid4().hex[:8]}"
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    arn = sagemaker.create_model_package(ModelPackageGroupName=group)["ModelPackageArn"]
    assert "ModelCard" not in sagemaker.describe_model_package(ModelPackageName=arn)


def test_the_status_and_the_content_can_be_updated_until_it_is_archived(sagemaker, register):
    arn = register(card())
    sagemaker.update_model_package(ModelPackageArn=arn, ModelCard={"ModelCardStatus": "Archived"})
    found = sagemaker.describe_model_package(ModelPackageName=arn)["ModelCard"]
    assert found == card(status="Archived")
    with pytest.raises(ClientError, match="Model Card is in Archived state"):
        sagemaker.update_model_package(ModelPackageArn=arn, ModelCard=card())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_package_details": {}}, "model_package_details: unknown field"),
        ({"model_overview": {"model_name": "x"}}, "model_overview.model_name: unknown field"),
        ({"intended_uses": {"risk_rating": "Huge"}}, "risk_rating: value that the API rejects"),
        ({"intended_uses": {"purpose_of_model": "x" * 2049}}, "0 to 2048 characters"),
        ({"evaluation_details": [{}]}, r"evaluation_details\[0\].name: missing field"),
        (
            {
                "evaluation_details": [
                    {
                        "name": "a",
                        "metric_groups": [{"name": "b", "metric_data": [METRIC | {"value": "x"}]}],
                    }
                ]
            },
            "the value of the metric auc: value of the wrong type; expected a number",
        ),
        (
            {"additional_information": {"custom_details": {"rows": 3}}},
            "custom_details.rows: value of the wrong type",
        ),
    ],
)
def test_a_content_that_does_not_match_the_schema_is_refused(register, change, message):
    with pytest.raises(ClientError, match=message) as refused:
        register(card(CONTENT | change))
    assert refused.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize(("text", "message"), [("{", "is not JSON"), ("[1]", "wrong type")])
def test_a_content_that_is_no_object_is_refused(register, text, message):
    with pytest.raises(ClientError, match=message):
        register({"ModelCardContent": text, "ModelCardStatus": "Draft"})


def test_an_unknown_status_is_refused(register):
    with pytest.raises(ClientError, match="ModelCardStatus"):
        register(card(status="Reviewed"))
