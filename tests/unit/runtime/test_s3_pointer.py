"""The pointer only moves to newer sets, and no concurrent run overwrites a newer pointer."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import JobError
from pipeline_code.runtime.s3_pointer import ATTEMPTS, move_pointer

URI = "s3://lake/runs/insurance/latest.json"


@pytest.fixture
def s3(monkeypatch, plain_moto):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "unused")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unused")
    with mock_aws():
        made = client("s3", "us-east-1")
        made.create_bucket(Bucket="lake")
        yield made


class Rival:
    """A client in which another run updates the pointer before each conditional write."""

    def __init__(self, client, moves):
        self.client = client
        self.moves = list(moves)

    def put_object(self, **request):
        if self.moves:
            put(self.client, self.moves.pop(0))
        return self.client.put_object(**request)

    def get_object(self, **request):
        return self.client.get_object(**request)


class Atomic:
    """A client with atomic calls, like S3. The calls of moto are not atomic.

    In moto two conditional writes can check before either of them writes, and a read fails while a
    write replaces the object.
    """

    def __init__(self, client):
        self.client = client
        self.lock = Lock()

    def put_object(self, **request):
        with self.lock:
            return self.client.put_object(**request)

    def get_object(self, **request):
        with self.lock:
            return self.client.get_object(**request)


def put(client, number):
    client.put_object(
        Bucket="lake", Key="runs/insurance/latest.json", Body=json.dumps({"number": number})
    )


def number(client):
    answer = client.get_object(Bucket="lake", Key="runs/insurance/latest.json")
    return json.load(answer["Body"])["number"]


def move(client, to):
    return move_pointer(
        URI, {"number": to}, client=client, may_replace=lambda current: current["number"] <= to
    )


def test_the_first_set_becomes_the_latest(s3):
    assert move(s3, 1)
    assert number(s3) == 1
    assert s3.get_object(Bucket="lake", Key="runs/insurance/latest.json")["ContentType"] == (
        "application/json"
    )


@pytest.mark.parametrize(("there", "moved", "then"), [(1, True, 2), (2, True, 2), (3, False, 3)])
def test_the_pointer_never_goes_back(s3, there, moved, then):
    put(s3, there)
    assert move(s3, 2) is moved
    assert number(s3) == then


def test_a_set_that_another_run_wrote_in_between_is_seen(s3):
    assert not move(Rival(s3, [9]), 5)
    assert number(s3) == 9
    put(s3, 1)
    assert not move(Rival(s3, [2, 7]), 5)
    assert number(s3) == 7


def test_a_lost_race_is_run_again(s3):
    assert move(Rival(s3, [1, 2, 3]), 5)
    assert number(s3) == 5


def test_a_race_without_end_is_given_up(s3):
    with pytest.raises(JobError, match=rf"latest.json was moved by others .* {ATTEMPTS} attempts"):
        move(Rival(s3, range(2 * ATTEMPTS)), 99)


def test_of_many_at_once_the_newest_stays(s3):
    client = Atomic(s3)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: move(client, each), range(20)))
    assert number(s3) == 19


def test_what_is_no_lost_race_is_raised(s3):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        move_pointer("s3://elsewhere/x", {}, client=s3, may_replace=lambda current: True)
