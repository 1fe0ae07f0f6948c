"""Secrets, account IDs and names of people are not in a recording; the structure is."""

from __future__ import annotations

import json

import botocore.session
import pytest

from operations.smoke.redaction import redact, redact_text

SECRET = "pl4nt3d-V4lue"
ACCOUNT = "987654321098"
KEY_ID = "AKIA" + "IOSFODNN7PLANTED"


@pytest.mark.parametrize(
    "document",
    [
        {"SecretString": SECRET},
        {"SecretBinary": SECRET},
        {"MasterUserPassword": SECRET},
        {"adminUserPassword": SECRET},
        {"Credentials": {"AccessKeyId": KEY_ID, "SecretAccessKey": SECRET, "SessionToken": SECRET}},
        {"NextToken": SECRET, "ClientRequestToken": SECRET, "CallbackToken": SECRET},
        {"Environment": {"DB_PASSWORD": SECRET}},
        {"Tags": [{"Key": "api-token", "Value": SECRET}]},
        {"Outputs": [{"OutputKey": "AdminPassword", "OutputValue": SECRET}]},
        {"Parameters": [{"ParameterKey": "Secret", "ParameterValue": SECRET}]},
        {"Sql": f"CREATE USER reader PASSWORD '{SECRET}'"},
        {"Sql": f"COPY t FROM 's3://b' CREDENTIALS 'aws_secret_access_key={SECRET}'"},
        {"Definition": json.dumps({"password": SECRET})},
        {"Definition": json.dumps(json.dumps({"db_password": SECRET, "token": SECRET}))},
        {"Message": f"cannot connect with password={SECRET};Host=warehouse"},
        {"Url": f"postgres://admin:{SECRET}@warehouse/dev"},
        {"Url": f"https://b.s3.amazonaws.com/k?X-Amz-Credential={SECRET}&X-Amz-Signature={SECRET}"},
        {"Url": f"https://b.s3.amazonaws.com/k?X-Amz-Security-Token={SECRET}"},
        {"Url": f"https://b.s3.amazonaws.com/k?AWSAccessKeyId={SECRET}&Signature={SECRET}"},
        {"UserId": KEY_ID},
        {"PrincipalId": f"AROA{'B' * 17}:{SECRET}"},
        {"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/{SECRET}"},
        {"Arn": f"arn:aws:iam::{ACCOUNT}:user/people/{SECRET}"},
        {"CreatedBy": {"IamIdentity": {"SourceIdentity": SECRET}, "UserProfileName": SECRET}},
        {"CreatedBy": {"UserProfileArn": f"arn:aws:sagemaker:::user-profile/d-1/{SECRET}"}},
        {"CreatedBy": "jane.doe+aws@mail.example.com"},
        {"Account": ACCOUNT},
        {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/redline-dev"},
        {"Bucket": f"cdk-hnb659fds-assets-{ACCOUNT}-us-east-1"},
        {f"arn:aws:iam::{ACCOUNT}:root": 1},
    ],
    ids=lambda document: next(iter(document)),
)
def test_a_planted_secret_is_not_recorded(document):
    written = json.dumps(redact(document))
    for planted in (SECRET, ACCOUNT, KEY_ID, "jane.doe"):
        assert planted not in written


def test_members_that_the_api_model_marks_as_sensitive_are_not_recorded():
    lambda_model = botocore.session.get_session().get_service_model("lambda")
    shape = lambda_model.operation_model("GetFunctionConfiguration").output_shape
    configuration = {"FunctionName": "f", "Environment": {"Variables": {"COLOUR": SECRET}}}
    assert redact(configuration, shape) == {
        "FunctionName": "f",
        "Environment": {"Variables": {"COLOUR": "<redacted>"}},
    }


def test_predictions_are_recorded():
    runtime = botocore.session.get_session().get_service_model("sagemaker-runtime")
    shape = runtime.operation_model("InvokeEndpoint").output_shape
    assert redact({"Body": '{"total_sold": 72.0}'}, shape) == {"Body": '{"total_sold": 72.0}'}


def test_what_is_not_secret_stays():
    document = {
        "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:redshift!admin-AbC",
        "Sql": "COPY sales FROM 's3://lake/incoming' IAM_ROLE default",
        "ManageMasterPassword": True,
        "Definition": '{"Steps": [{"Name": "Train"}]}',
        "Rows": 172456,
        "Created": "2026-11-29T15:20:06.784517+00:00",
        "Nothing": None,
    }
    assert redact(document) == document


def test_the_structure_of_a_secret_document_stays():
    credentials = {"Credentials": {"AccessKeyId": "x", "Expiration": 3, "Temporary": True}}
    assert redact(credentials) == {
        "Credentials": {"AccessKeyId": "<redacted>", "Expiration": 0, "Temporary": True}
    }


def test_text_is_redacted_only_once():
    once = redact_text(f"password={SECRET} of {ACCOUNT}")
    assert redact_text(once) == once == "password=<redacted> of 123456789012"
