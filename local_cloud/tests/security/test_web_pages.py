"""A web page that the user opens cannot use the laptop cloud."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_cloud.client import HEALTH_PATH, TOKEN_HEADER

PATHS = ["/", "/bucket/key", HEALTH_PATH, "/_laptop/responses/x", "/moto-api/reset"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["https://pages.example", "http://localhost:8888", "null", ""])
def test_a_request_with_an_origin_is_rejected(send, sign, origin, path):
    headers = {**sign("s3", path=path), "Origin": origin}
    response = send(path, headers=headers)
    assert response.status == 403
    assert b"header Origin" in response.content


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_is_rejected(send, path):
    """https://fetch.spec.whatwg.org/#cors-preflight-fetch"""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz"}
    for headers in (asked, {**asked, "Origin": "https://pages.example"}):
        response = send(path, method="OPTIONS", headers=headers)
        assert response.status == 403
        assert not [name for name, _ in response.getheaders() if "access-control" in name.lower()]


FOREIGN = (
    *("pages.example", "pages.example:{port}", "localhost.pages.example", "xlocalhost"),
    *("127.0.0.2", "[::1]:{port}", "localhost:1", "localhost:{port}:{port}", "", None),
)
LOCAL = (
    *("localhost", "localhost:{port}", "127.0.0.1", "127.0.0.1:{port}"),
    "Bucket.localhost:{port}",
)


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_host_is_rejected(send, port, host):
    """A page whose name is changed to resolve to 127.0.0.1 sends its own name."""
    name = None if host is None else host.format(port=port)
    response = send(headers={"Host": name})
    assert response.status in (400, 403)
    assert b"Code" not in response.content


@pytest.mark.parametrize("host", LOCAL)
def test_the_names_of_this_machine_reach_the_services(send, port, host):
    response = send(headers={"Host": host.format(port=port)})
    assert b"<Code>AccessDenied</Code>" in response.content


def test_the_policy_of_a_bucket_adds_no_cors_headers(cloud, send):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="shared")
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    try:
        s3.put_bucket_cors(Bucket="shared", CORSConfiguration={"CORSRules": [rule]})
    except ClientError as error:
        assert "not implemented" in str(error)
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        response = send("/shared", method=method)
        assert not [name for name, _ in response.getheaders() if "access-control" in name.lower()]


@pytest.mark.parametrize("path", [HEALTH_PATH, "/_laptop/faults/clear", "/_laptop/rules/x"])
def test_a_command_needs_the_method_post_and_the_token(cloud, send, path):
    token = {TOKEN_HEADER: cloud.secrets.control_token}
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert send(path, method=method, headers=token).status == 405
    for wrong in ({}, {TOKEN_HEADER: ""}, {TOKEN_HEADER: "x"}, {TOKEN_HEADER: "\u00fc"}):
        assert send(path, method="POST", body=b"null", headers=wrong).status == 403
    assert send(path, method="POST", body=b"null", headers=token).status == 200
