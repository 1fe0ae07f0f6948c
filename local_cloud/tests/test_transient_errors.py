"""Detection of transient errors. The tests of event delivery cover throttled events."""

from __future__ import annotations

import pytest
from botocore import exceptions

from local_cloud.transient_errors import is_transient


def answer(code: str, status: int) -> exceptions.ClientError:
    metadata = {"HTTPStatusCode": status}
    return exceptions.ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": metadata}, "GetObject"
    )


URL = {"endpoint_url": "http://x"}


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (answer("InternalError", 500), True),
        (answer("SlowDown", 503), True),
        (answer("ThrottlingException", 400), True),
        (answer("TooManyRequestsException", 429), True),
        (answer("RequestThrottled", 403), True),
        (answer("AccessDenied", 403), False),
        (answer("KMS.DisabledException", 400), False),
        (exceptions.ConnectionClosedError(**URL), True),
        (exceptions.EndpointConnectionError(**URL), True),
        (exceptions.ReadTimeoutError(**URL), True),
        (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), True),
        (exceptions.NoCredentialsError(), False),
        (exceptions.ParamValidationError(report="PipelineName"), False),
        (OSError(28, "No space left on device"), False),
    ],
)
def test_transient_errors(error, transient):
    assert is_transient(error) is transient
