"""Parts of endpoints that need no server: shifts, retained properties, capture, timeouts."""

from __future__ import annotations

import base64
import json
import threading
from types import SimpleNamespace

import pytest

from local_cloud.sagemaker.endpoints.data_capture import Capture
from local_cloud.sagemaker.endpoints.deployment import Deployer
from local_cloud.sagemaker.endpoints.retained_variants import with_retained
from local_cloud.sagemaker.endpoints.traffic_shifting import Rollout, rollout_of
from local_cloud.sagemaker.hosting import HostResponse


def routing(kind, size=None, wait=7):
    member = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}.get(kind)
    given = {"Type": kind, "WaitIntervalInSeconds": wait}
    if member:
        given[member] = {"Type": size[0], "Value": size[1]}
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": given,
            "TerminationWaitInSeconds": 3,
            "MaximumExecutionTimeoutInSeconds": 700,
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
    }


@pytest.mark.parametrize(
    ("config", "shares"),
    [
        (routing("ALL_AT_ONCE"), [1.0]),
        (routing("CANARY", ("CAPACITY_PERCENT", 20)), [0.2, 1.0]),
        (routing("CANARY", ("INSTANCE_COUNT", 1)), [0.25, 1.0]),
        (routing("LINEAR", ("CAPACITY_PERCENT", 40)), [0.4, 0.8, 1.0]),
        (routing("LINEAR", ("INSTANCE_COUNT", 1)), [0.25, 0.5, 0.75, 1.0]),
        (routing("LINEAR", ("CAPACITY_PERCENT", 50)), [0.5, 1.0]),
    ],
)
def test_traffic_moves_in_these_shares(config, shares):
    rollout = rollout_of(config, instances=4)
    assert [shift.share for shift in rollout.shifts] == pytest.approx(shares)
    assert {shift.bake_seconds for shift in rollout.shifts} == {7}
    assert (rollout.termination_wait_seconds, rollout.timeout_seconds) == (3, 700)
    assert rollout.alarms == ("errors",)


def test_without_a_deployment_config_all_traffic_moves_at_once():
    rollout = rollout_of(None, instances=1)
    assert [(shift.share, shift.bake_seconds) for shift in rollout.shifts] == [(1.0, 0)]
    assert (rollout.alarms, rollout.timeout_seconds) == ((), 600)


def test_a_deployment_that_takes_too_long_is_rolled_back():
    steps = []
    endpoint = SimpleNamespace(
        roll_back=lambda: steps.append("roll back"), fail=lambda reason: steps.append(reason)
    )
    alarms = SimpleNamespace(in_alarm=lambda names: [])
    deployer = Deployer(SimpleNamespace(), alarms, threading.Event())
    rollout = Rollout(shifts=(), termination_wait_seconds=0, timeout_seconds=-1, alarms=())
    deployer.update(endpoint, "config", {"ProductionVariants": []}, rollout)
    assert steps[0] == "roll back"
    assert "exceeded its maximum execution time" in steps[1]


LIVE = SimpleNamespace(
    capture={"DestinationS3Uri": "s3://old"},
    variants={"A": SimpleNamespace(desired_count=3, weight=2.0)},
)
CONFIG = {
    "ProductionVariants": [{"VariantName": "A", "InitialInstanceCount": 1}, {"VariantName": "B"}],
    "DataCaptureConfig": {"DestinationS3Uri": "s3://new"},
}


def test_an_update_retains_the_requested_properties():
    assert with_retained(CONFIG, LIVE, {}) is CONFIG
    kept = with_retained(CONFIG, LIVE, {"RetainAllVariantProperties": True})
    assert kept["ProductionVariants"] == [
        {"VariantName": "A", "InitialInstanceCount": 3, "InitialVariantWeight": 2.0},
        {"VariantName": "B"},
    ]
    assert kept["DataCaptureConfig"] == LIVE.capture
    excluded = [
        {"VariantPropertyType": name} for name in ("DesiredInstanceCount", "DataCaptureConfig")
    ]
    request = {
        "RetainAllVariantProperties": True,
        "ExcludeRetainedVariantProperties": excluded,
    }
    kept = with_retained(CONFIG, LIVE, request)
    assert kept["ProductionVariants"][0] == {
        "VariantName": "A",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 2.0,
    }
    assert kept["DataCaptureConfig"] == CONFIG["DataCaptureConfig"]


class Store:
    """A stand-in for a cloud that stores objects in memory."""

    def __init__(self):
        self.objects = []

    def client(self, service, **_role):
        return self

    def put_object(self, **request):
        self.objects.append(request)


def captured(config, *, times=1):
    """Return the lines that a configuration has captured."""
    store = Store()
    capture = Capture(store)
    for _ in range(times):
        capture.take(
            config,
            endpoint="churn",
            variant="A",
            role_arn="role",
            body=b"1,\xff",
            content_type="application/x-npy",
            answer=HostResponse(200, b"2\n", "text/csv; charset=utf-8"),
            inference_id=None,
        )
    capture.flush()
    return [json.loads(line) for each in store.objects for line in each["Body"].splitlines()]


def capture_config(*modes, percent=100, **more):
    return {
        "InitialSamplingPercentage": percent,
        "DestinationS3Uri": "s3://lake/captured",
        "CaptureOptions": [{"CaptureMode": mode} for mode in modes],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
        **more,
    }


def test_a_body_that_is_not_text_is_captured_as_base64():
    (line,) = captured(capture_config("InputAndOutput"))
    given = line["captureData"]["endpointInput"]
    assert given["encoding"] == "BASE64"
    assert base64.b64decode(given["data"]) == b"1,\xff"
    assert line["captureData"]["endpointOutput"]["data"] == "2\n"
    assert line["captureData"]["endpointOutput"]["encoding"] == "CSV"


def test_only_the_configured_part_is_captured():
    assert list(captured(capture_config("Output"))[0]["captureData"]) == ["endpointOutput"]
    assert captured(None) == []
    assert captured(capture_config("Input", EnableCapture=False)) == []
    assert captured(capture_config("Input", percent=0), times=50) == []
    assert 0 < len(captured(capture_config("Input", percent=50), times=200)) < 200
