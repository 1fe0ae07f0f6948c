"""No AWS operation succeeds without work: an unsupported operation returns an error."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from local_cloud.api_gate.gate import Gate
from local_cloud.api_gate.supported_operations import (
    own_operations,
    supported_operations,
    supported_services,
)
from local_cloud.authentication.caller import Signature, set_caller
from local_cloud.server import running
from local_cloud.tests.api_gate.every_operation import every_call

# Protocol -> the error code for an unsupported operation.
REFUSALS = {
    "json": "UnknownOperationException",
    "smithy-rpc-v2-cbor": "UnknownOperationException",
    "rest-json": "UnknownOperationException",
    "query": "InvalidAction",
    "ec2": "InvalidAction",
    "rest-xml": "NotImplemented",
}


# Operation -> another operation with the same request.
SAME_REQUESTS = {
    "lambda-microvms:ListTags": "lambda:ListTags",
    "lambda-microvms:TagResource": "lambda:TagResource",
    "lambda-microvms:UntagResource": "lambda:UntagResource",
    "s3:GetBucketLifecycle": "s3:GetBucketLifecycleConfiguration",
    "s3:PutBucketLifecycle": "s3:PutBucketLifecycleConfiguration",
    "s3:GetBucketNotification": "s3:GetBucketNotificationConfiguration",
    "s3:PutBucketNotification": "s3:PutBucketNotificationConfiguration",
    "s3:ListDirectoryBuckets": "s3:ListBuckets",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """The response to a call of each operation, in a laptop cloud without resources."""
    logging.disable(logging.CRITICAL)
    gate = Gate(lambda failure: None, lambda environ, is_change: None)
    with running(state=tmp_path_factory.mktemp("cloud")):
        answers = [send(call, gate) for call in every_call()]
    set_caller(None)
    logging.disable(logging.NOTSET)
    return answers


def send(call, gate):
    """Send a call as the administrator, if it is signed."""
    name = call.operation.service_model.signing_name
    is_signed = call.environ.get("HTTP_AUTHORIZATION", "").startswith("AWS4-")
    set_caller(Signature("x", "us-east-1", name, None) if is_signed else None)
    return call.send(gate)


def is_supported(call):
    return call.operation.name in supported_operations(call.service)


def is_anonymous(call):
    """Return whether the request is unsigned REST: it does not contain the name of its service."""
    return call.protocol.startswith("rest") and "HTTP_AUTHORIZATION" not in call.environ


def refusal_of(call):
    """Return the expected error code. A REST-XML response to HEAD has no body, only the status."""
    is_hidden = call.environ["REQUEST_METHOD"] == "HEAD" and call.protocol == "rest-xml"
    return "400" if is_hidden else REFUSALS[call.protocol]


def test_every_service_is_asked(answers):
    assert len({answer.call.service for answer in answers}) > 400
    assert len(answers) > 19_000


def test_no_answer_is_a_page_or_a_server_fault(answers):
    assert [str(a.call) for a in answers if a.is_page] == []
    assert [(str(a.call), a.body) for a in answers if a.status >= 500] == []


def test_what_is_not_carried_out_is_refused_in_the_words_of_its_protocol(answers):
    refused = [
        answer
        for answer in answers
        if not is_supported(answer.call)
        and not is_anonymous(answer.call)
        and str(answer.call) not in SAME_REQUESTS
    ]
    assert len(refused) > 19_000
    wrong = [
        (str(answer.call), answer.status, answer.error_code)
        for answer in refused
        if (answer.status, answer.error_code) != (400, refusal_of(answer.call))
    ]
    assert wrong == []


def test_an_anonymous_request_to_another_service_fails(answers):
    others = [a for a in answers if not is_supported(a.call) and is_anonymous(a.call)]
    assert {answer.status for answer in others} <= {400, 403, 404}
    assert 0 < len(others) < 50


def test_supported_operations_reach_their_service(answers):
    """Most calls fail because of their dummy members, but none with a code of REFUSALS."""
    supported = [answer for answer in answers if is_supported(answer.call)]
    assert [str(a.call) for a in supported if a.error_code in REFUSALS.values()] == []
    services = Counter(answer.call.service for answer in supported)
    assert set(services) == supported_services()


def test_own_operations_do_not_fail_internally(answers):
    ours = [a for a in answers if a.call.operation.name in own_operations(a.call.service)]
    assert [str(a.call) for a in ours if a.error_code == "InternalFailure"] == []


def test_requests_that_are_the_same_are_answered_as_the_supported_one():
    for supported in SAME_REQUESTS.values():
        service, _, name = supported.partition(":")
        assert name in supported_operations(service)
