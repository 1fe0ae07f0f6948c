"""A laptop cloud for the tests of one module, and raw requests to it."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_cloud.server import running


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def port(cloud):
    return urlsplit(cloud.endpoint).port


@pytest.fixture
def connection(port):
    """A connection that is never opened again after the server has closed it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    connection.auto_open = 0
    yield connection
    connection.close()


@pytest.fixture
def send(port):
    """A function that sends one request with exactly these headers and returns the response."""

    def send(path="/", *, method="GET", body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {"Host": f"localhost:{port}", "Content-Length": str(len(body or b""))}
        for name, value in {**given, **dict(headers)}.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        response.content = response.read()
        connection.close()
        return response

    return send


@pytest.fixture
def sign(cloud):
    """A function that returns the headers of a request that the administrator signed."""

    def sign(service, *, path="/", method="GET", body=None, headers=()):
        key = Credentials(cloud.secrets.access_key_id, cloud.secrets.secret_access_key)
        request = AWSRequest(
            method=method, url=cloud.endpoint + path, data=body, headers=dict(headers)
        )
        SigV4Auth(key, service, cloud.region).add_auth(request)
        return {**dict(request.headers), "Host": urlsplit(cloud.endpoint).netloc}

    return sign
