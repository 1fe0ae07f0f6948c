"""Requests with unknown access keys or other signatures are rejected as AWS rejects them."""

from __future__ import annotations

import io
import json
import re
import time
from dataclasses import replace
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local_cloud.authentication import signatures
from local_cloud.server_secrets import create_secrets

# An operation of each protocol, the error for an unknown access key, that for a wrong secret.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# https://github.com/aws/aws-sdk-js/issues/284 (JSON: InvalidSignatureException with status 400)
CALLS = {
    "sagemaker": (
        "list_pipelines",
        ("UnrecognizedClientException", 400),
        ("InvalidSignatureException", 400),
    ),
    "lambda": (
        "list_functions",
        ("UnrecognizedClientException", 403),
        ("InvalidSignatureException", 403),
    ),
    "iam": ("list_roles", ("InvalidClientTokenId", 403), ("SignatureDoesNotMatch", 403)),
    "sts": ("get_caller_identity", ("InvalidClientTokenId", 403), ("SignatureDoesNotMatch", 403)),
    "ec2": ("describe_vpcs", ("AuthFailure", 401), ("AuthFailure", 401)),
    "s3": ("list_buckets", ("InvalidAccessKeyId", 403), ("SignatureDoesNotMatch", 403)),
}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def refusal(call, **given):
    with pytest.raises(ClientError) as raised:
        call(**given)
    answer = raised.value.response
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("service", CALLS)
def test_an_unknown_access_key_is_rejected(cloud, service):
    operation, unknown, _ = CALLS[service]
    stranger = replace(cloud, secrets=create_secrets())
    assert refusal(getattr(stranger.client(service), operation)) == unknown


@pytest.mark.parametrize("service", CALLS)
def test_another_secret_is_rejected(cloud, service):
    operation, _, wrong = CALLS[service]
    guessed = replace(cloud.secrets, secret_access_key="guessed")
    assert refusal(getattr(replace(cloud, secrets=guessed).client(service), operation)) == wrong


@pytest.mark.parametrize("service", CALLS)
def test_the_credentials_of_the_server_are_accepted(cloud, service):
    assert getattr(cloud.client(service), CALLS[service][0])()


@pytest.fixture(scope="module")
def session(cloud):
    """The variables of a role's session, which may do nothing but list roles."""
    iam = cloud.client("iam")
    document = {"Version": "2012-10-17", "Statement": [TRUST]}
    role = iam.create_role(RoleName="lister", AssumeRolePolicyDocument=json.dumps(document))
    allow = {"Version": "2012-10-17", "Statement": [{**ALLOW, "Action": "iam:ListRoles"}]}
    iam.put_role_policy(RoleName="lister", PolicyName="own", PolicyDocument=json.dumps(allow))
    return cloud.environment(role["Role"]["Arn"])


def test_a_session_of_a_role_is_accepted(cloud, session):
    assert cloud.client_with(session, "iam").list_roles()["Roles"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"AWS_SESSION_TOKEN": None}, "InvalidClientTokenId"),
        ({"AWS_SESSION_TOKEN": "other"}, "InvalidClientTokenId"),
        ({"AWS_SECRET_ACCESS_KEY": "other"}, "SignatureDoesNotMatch"),
    ],
)
def test_a_session_needs_its_own_token_and_secret(cloud, session, change, code):
    """Without its token, a session must not have the permissions of the administrator."""
    assert refusal(cloud.client_with({**session, **change}, "iam").list_roles) == (code, 403)


def test_the_administrator_has_no_session_token(cloud):
    given = {**cloud.environment(), "AWS_SESSION_TOKEN": "any"}
    refused = refusal(cloud.client_with(given, "iam").list_roles)
    assert refused == ("InvalidClientTokenId", 403)


def test_another_body_is_rejected(cloud, send, sign):
    body = b"Action=ListRoles&Version=2010-05-08"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    headers = sign("iam", method="POST", body=body, headers=form)
    assert send(method="POST", body=body, headers=headers).status == 200
    other = body.replace(b"Roles", b"Users")
    response = send(method="POST", body=other, headers=headers)
    assert (response.status, b"SignatureDoesNotMatch" in response.content) == (403, True)


def test_another_object_than_the_signed_one_is_rejected(cloud, send):
    cloud.client("s3").create_bucket(Bucket="digests")
    key = Credentials(cloud.secrets.access_key_id, cloud.secrets.secret_access_key)
    request = AWSRequest(method="PUT", url=f"{cloud.endpoint}/digests/a", data=b"good")
    S3SigV4Auth(key, "s3", cloud.region).add_auth(request)
    response = send("/digests/a", method="PUT", body=b"evil", headers=dict(request.headers))
    assert (response.status, b"XAmzContentSHA256Mismatch" in response.content) == (400, True)


@pytest.mark.parametrize(
    "parameter",
    ["X-Amz-Credential=x/20260101/us-east-1/iam/aws4_request", "AWSAccessKeyId=x", "Credential=x"],
)
def test_credentials_in_a_form_are_not_credentials(send, parameter):
    """A form is not signed: its members must not make an anonymous caller the administrator."""
    body = f"Action=ListRoles&Version=2010-05-08&{parameter}".encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert send(method="POST", body=body, headers=form).status in (400, 403)


SCOPE = "KEY/20260101/us-east-1/iam/aws4_request"
SIGNED = "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature=x"


@pytest.mark.parametrize(
    "header",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=x",
        SIGNED.format(scope="KEY/iam/aws4_request", names="host"),
        SIGNED.format(scope=SCOPE, names="x-amz-date"),
        SIGNED.format(scope=SCOPE, names="host;x-absent"),
        SIGNED.format(scope=SCOPE.replace("2026", "2025"), names="host"),
        SIGNED.format(scope=SCOPE, names="host") + ", Credential=" + SCOPE,
        SIGNED.format(scope=SCOPE, names="host").replace("HMAC-SHA256", "ECDSA-P256-SHA256"),
    ],
)
def test_a_malformed_signature_is_rejected(send, header):
    given = {"Authorization": header, "X-Amz-Date": "20260101T000000Z"}
    response = send(headers=given)
    assert (response.status, b"IncompleteSignature" in response.content) == (400, True)


STYLES = ["path", "virtual"]
VERSIONS = ["s3", "s3v4"]
KEY = "in/a b+ü(1)%.csv"


@pytest.fixture(scope="module")
def bucket(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="presigned")
    s3.put_object(Bucket="presigned", Key=KEY, Body=b"rows")
    return "presigned"


def presigned(cloud, bucket, version, style, method="get_object", **more):
    config = Config(signature_version=version, s3={"addressing_style": style})
    parameters = {"Bucket": bucket, "Key": KEY, **more}
    url = cloud.client("s3", config=config).generate_presigned_url(method, Params=parameters)
    host, _, path = url.removeprefix("http://").partition("/")
    return host, f"/{path}"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_presigned_url_works_for_its_object_only(cloud, bucket, send, version, style):
    host, path = presigned(cloud, bucket, version, style)
    assert send(path, headers={"Host": host}).content == b"rows"
    assert send(path, method="DELETE", headers={"Host": host}).status == 403
    other = send(path.replace("in/", "out/", 1), headers={"Host": host})
    assert (other.status, b"SignatureDoesNotMatch" in other.content) == (403, True)
    stranger = replace(cloud, secrets=create_secrets())
    host, path = presigned(stranger, bucket, version, style)
    unknown = send(path, headers={"Host": host})
    assert (unknown.status, b"InvalidAccessKeyId" in unknown.content) == (403, True)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_is_uploaded_to_a_presigned_url(cloud, bucket, send, version, style):
    host, path = presigned(cloud, bucket, version, style, "put_object", ContentType="text/csv")
    headers = {"Host": host, "Content-Type": "text/csv"}
    assert send(path, method="PUT", body=b"rows", headers=headers).status == 200
    headers["Content-Type"] = "text/html"
    assert send(path, method="PUT", body=b"rows", headers=headers).status == 403


@pytest.mark.parametrize("version", VERSIONS)
def test_a_presigned_url_expires(cloud, bucket, send, version, monkeypatch):
    host, path = presigned(cloud, bucket, version, "path")
    later = time.time() + 3601
    monkeypatch.setattr(signatures, "time", type("Clock", (), {"time": lambda: later}))
    response = send(path, headers={"Host": host})
    assert (response.status, b"Request has expired" in response.content) == (403, True)


def test_a_presigned_url_of_another_service_is_rejected(send):
    credential = quote(SCOPE, safe="")
    path = (
        f"/?Action=ListRoles&Version=2010-05-08&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential={credential}&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60"
        "&X-Amz-SignedHeaders=host&X-Amz-Signature=x"
    )
    response = send(path)
    assert (response.status, b"only supported for S3" in response.content) == (400, True)


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA256"])
@pytest.mark.parametrize("size", [0, 1, 100_000, 12_000_000])
def test_uploads_with_checksums_and_in_parts_are_accepted(cloud, bucket, algorithm, size):
    s3 = cloud.client("s3")
    more = {} if algorithm is None else {"ChecksumAlgorithm": algorithm}
    s3.upload_fileobj(io.BytesIO(b"x" * size), bucket, "big", ExtraArgs=more)
    assert s3.head_object(Bucket=bucket, Key="big")["ContentLength"] == size


def test_a_body_in_signed_chunks_is_accepted(cloud, bucket, send):
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html"""
    key = Credentials(cloud.secrets.access_key_id, cloud.secrets.secret_access_key)
    body = b"4;chunk-signature=0\r\nrows\r\n0;chunk-signature=0\r\n\r\n"
    headers = {"Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": "4"}
    url = f"{cloud.endpoint}/{bucket}/chunks"

    class Streamed(S3SigV4Auth):
        def payload(self, request):
            return "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"

    request = AWSRequest(method="PUT", url=url, headers=headers)
    Streamed(key, "s3", cloud.region).add_auth(request)
    given = dict(request.headers)
    assert send(f"/{bucket}/chunks", method="PUT", body=body, headers=given).status == 200
    stored = cloud.client("s3").get_object(Bucket=bucket, Key="chunks")["Body"].read()
    assert stored == b"rows"
    given["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
    assert send(f"/{bucket}/chunks", method="PUT", body=body, headers=given).status == 403


def test_the_secrets_are_random_and_not_shown(cloud):
    assert re.fullmatch("AKIA[A-Z2-7]{16}", cloud.secrets.access_key_id)
    assert len(cloud.secrets.secret_access_key) == 40
    assert create_secrets() != create_secrets()
    assert cloud.secrets.secret_access_key not in repr(cloud)
    assert cloud.secrets.control_token not in repr(cloud.secrets)
