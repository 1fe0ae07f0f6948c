"""The errors that a client receives for unsupported operations."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore import UNSIGNED
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from moto.s3.models import S3Backend

from local_cloud.client import read_health
from local_cloud.server import running

ROLE = "arn:aws:iam::123456789012:role/x"
METRIC = {"MetricName": "x", "Timestamp": 0, "Value": 1.0}
# Operations of each protocol. For some of them, moto returns success without any work.
REFUSED = [
    ("athena", "list_data_catalogs", {}),
    ("dynamodb", "list_tables", {}),
    ("glue", "start_job_run", {"JobName": "x"}),
    ("sagemaker", "list_projects", {}),
    ("sagemaker", "search", {"Resource": "TrainingJob"}),
    ("sagemaker-metrics", "batch_put_metrics", {"TrialComponentName": "x", "MetricData": [METRIC]}),
    ("lambda", "publish_version", {"FunctionName": "x"}),
    ("rds", "describe_db_instances", {}),
    ("iam", "create_user", {"UserName": "x"}),
    ("ec2", "run_instances", {"MinCount": 1, "MaxCount": 1}),
    ("route53", "list_hosted_zones", {}),
    ("s3", "put_bucket_website", {"Bucket": "b", "WebsiteConfiguration": {}}),
    ("logs", "start_query", {"startTime": 0, "endTime": 1, "queryString": "x"}),
]
CODES = {"UnknownOperationException", "InvalidAction", "NotImplemented"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def raw(cloud):
    """A function that sends a raw request and returns the status, type and body of the response.

    The request is signed by the administrator if it names the service.
    """

    def send(path, *, method="GET", body=None, headers=None, service=None):
        url = cloud.endpoint + path
        signed = AWSRequest(method=method, url=url, data=body, headers=headers or {})
        if service is not None:
            key = Credentials(cloud.secrets.access_key_id, cloud.secrets.secret_access_key)
            SigV4Auth(key, service, cloud.region).add_auth(signed)
        request = Request(url, data=body, method=method, headers=dict(signed.headers))
        with pytest.raises(HTTPError) as raised, urlopen(request):
            pass
        answer = raised.value
        return answer.code, answer.headers["Content-Type"], answer.read().decode(errors="replace")

    return send


@pytest.mark.parametrize(("service", "operation", "given"), REFUSED)
def test_it_is_refused_by_name_and_not_tried_again(service, operation, given, cloud):
    client = cloud.client(service)
    with pytest.raises(ClientError, match="is not implemented by the laptop cloud") as raised:
        getattr(client, operation)(**given)
    response = raised.value.response
    assert response["Error"]["Code"] in CODES
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["ResponseMetadata"]["RetryAttempts"] == 0


def test_the_message_names_operation_and_service(cloud):
    with pytest.raises(ClientError) as raised:
        cloud.client("dynamodb").list_tables()
    assert raised.value.response["Error"]["Message"] == (
        "ListTables is not implemented by the laptop cloud: it does not support dynamodb."
    )


def test_a_refusal_is_no_failure_of_the_cloud(cloud):
    before = read_health(cloud)["faults"]
    with pytest.raises(ClientError):
        cloud.client("dynamodb").list_tables()
    assert read_health(cloud)["faults"] == before


def test_images_are_not_found(cloud):
    """Clients catch ResourceNotFound for an image version that does not exist."""
    client = cloud.client("sagemaker")
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.describe_image_version(ImageName="x")


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/moto-api"])
def test_moto_has_no_api_of_its_own(path, raw):
    assert raw(path)[:2] == (403, "text/plain")
    assert raw(path, method="POST", body=b"", service="s3")[0] == 403


def test_there_is_no_metadata_of_an_instance(raw):
    status, content_type, body = raw("/latest/meta-data/")
    assert (status, content_type) == (403, "application/xml")
    assert "<Code>AccessDenied</Code>" in body


def test_an_unknown_path_of_a_service_is_refused(raw):
    assert raw("/2099-01-01/functions", service="lambda")[:2] == (400, "application/json")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, content_type, body = raw(
        "/", headers=form, method="POST", body=b"Action=Shout", service="sns"
    )
    assert (status, content_type) == (400, "text/xml")
    assert "<Code>InvalidAction</Code>" in body


def test_a_request_of_a_protocol_that_is_not_read_is_refused(raw):
    headers = {
        "smithy-protocol": "rpc-v2-cbor",
        "Content-Type": "application/cbor",
    }
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    status, content_type, body = raw(
        path, method="POST", body=b"\xa0", headers=headers, service="monitoring"
    )
    assert (status, content_type) == (400, "application/cbor")
    assert "rpc-v2-cbor" in body


def test_a_json_request_to_a_wrong_path_is_no_page(raw):
    headers = {"X-Amz-Target": "AmazonSQS.ListQueues"}
    status, content_type, body = raw(
        "/a/b/c/d", method="POST", body=b"{}", headers=headers, service="sqs"
    )
    assert (status, content_type) == (400, "application/x-amz-json-1.1")
    assert json.loads(body)["__type"] == "UnknownOperationException"


def test_anonymous_requests_reach_the_service_that_they_name(cloud):
    client = cloud.client("sqs", config=Config(signature_version=UNSIGNED))
    with pytest.raises(ClientError, match="not authorized to perform: sqs:ListQueues"):
        client.list_queues()
    client = cloud.client("sts", config=Config(signature_version=UNSIGNED))
    with pytest.raises(ClientError, match="it has no signature that names its service"):
        client.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="session", WebIdentityToken="token"
        )


def test_what_fails_here_is_said_once_and_remembered(cloud, monkeypatch):
    def fail(*_arguments, **_options):
        raise KeyError("lost")

    monkeypatch.setattr(S3Backend, "list_buckets", fail)
    with pytest.raises(ClientError, match="KeyError: 'lost'") as raised:
        cloud.client("s3").list_buckets()
    response = raised.value.response
    assert response["Error"]["Code"] == "InternalFailure"
    assert response["ResponseMetadata"]["RetryAttempts"] == 0
    assert read_health(cloud)["faults"] == ["s3:ListBuckets: KeyError: 'lost'"]
