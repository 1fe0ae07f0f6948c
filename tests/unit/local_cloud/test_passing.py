"""Which calls without an answer are worth another try; refusals: tests of event delivery."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from local_cloud.passing import is_passing


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (EndpointConnectionError(endpoint_url="http://x"), True),
        (ConnectionClosedError(endpoint_url="http://x"), True),
        (ReadTimeoutError(endpoint_url="http://x"), True),
        (ParamValidationError(report="PipelineName"), False),
        (NoCredentialsError(), False),
    ],
)
def test_a_call_that_was_never_right_does_not_pass(error, passing):
    assert is_passing(error) == passing
