"""Connections: slow clients, connections that are kept alive, and the bound on threads."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest

from local_cloud import http_server
from local_cloud.client import clear_faults, inject_fault, list_faults
from local_cloud.server import running

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LIST_ROLES = b"Action=ListRoles&Version=2010-05-08"
INCOMPLETE = [
    b"",
    b"POST / HT",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nAction=",
    b"PUT /b/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
]


def test_slow_clients_do_not_hold_threads(cloud, port):
    before = threading.active_count()
    with ExitStack() as stack:
        for number in range(2 * http_server._THREADS):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            slow.sendall(INCOMPLETE[number % len(INCOMPLETE)])
        assert cloud.client("iam").list_roles()
        assert threading.active_count() <= before


def test_the_requests_of_a_connection_are_answered_in_turn(connection, sign):
    for number in range(5):
        headers = sign("iam", method="POST", body=LIST_ROLES, headers=FORM)
        connection.request("POST", "/", body=LIST_ROLES, headers=headers)
        response = connection.getresponse()
        assert (number, response.status) == (number, 200)
        assert b"ListRolesResponse" in response.read()


def test_an_error_leaves_the_connection_usable(connection, sign):
    connection.request("POST", "/", body=b"x" * 100_000, headers={**FORM, "Origin": "x"})
    assert connection.getresponse().read().startswith(b"The laptop cloud rejects")
    connection.request("HEAD", "/no-bucket/key")
    assert connection.getresponse().read() == b""
    headers = sign("iam", method="POST", body=LIST_ROLES, headers=FORM)
    connection.request("POST", "/", body=LIST_ROLES, headers=headers)
    assert connection.getresponse().status == 200


def test_an_idle_and_an_incomplete_connection_are_closed(tmp_path, monkeypatch):
    monkeypatch.setattr(http_server, "_IDLE_SECONDS", 0)
    monkeypatch.setattr(http_server, "_CLEANUP_SECONDS", 0)
    with running(state=tmp_path) as cloud:
        port = urlsplit(cloud.endpoint).port
        for sent in INCOMPLETE:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as slow:
                slow.sendall(sent)
                with suppress(ConnectionResetError):
                    assert slow.recv(1) == b""


def test_a_fault_affects_only_its_own_request_of_a_connection(tmp_path, monkeypatch):
    """One thread handles the requests of all connections, one after the other."""
    monkeypatch.setattr(http_server, "_THREADS", 1)
    with running(state=tmp_path) as cloud:
        client = cloud.client("sqs")
        inject_fault(cloud, {"kind": "throttle", "action": "sqs:ListQueues"})
        assert client.list_queues()["ResponseMetadata"]["RetryAttempts"] == 1
        assert len(list_faults(cloud)["hits"]) == 1
        clear_faults(cloud)
        for _ in range(3):
            assert client.list_queues()["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize("name", ["owner", "Owner", "first_name", "a-b"])
def test_the_metadata_of_an_object_has_its_own_names(cloud, name):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="metadata")
    s3.put_object(Bucket="metadata", Key="k", Body=b"", Metadata={name: "x"})
    assert s3.head_object(Bucket="metadata", Key="k")["Metadata"] == {name.lower(): "x"}


def test_a_key_may_begin_with_a_slash(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="slashes")
    for key in ("/a", "//b", "c//d", "e/"):
        s3.put_object(Bucket="slashes", Key=key, Body=key.encode())
        assert s3.get_object(Bucket="slashes", Key=key)["Body"].read() == key.encode()
    listed = s3.list_objects_v2(Bucket="slashes")["Contents"]
    assert {entry["Key"] for entry in listed} == {"/a", "//b", "c//d", "e/"}
