"""Which log lines belong to the job of a step."""

from __future__ import annotations

import pytest

from operations.environment_clients import EnvironmentClients
from operations.executions.logs import read_step_logs
from stacks.environments import ENVIRONMENTS
from tests.unit.recorded_account import EXECUTION, Account, entry, job

TUNING = "arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/tune"
CHECK = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/check"


class Logs(Account):
    """An account with log lines in streams. `requests` are those for lines."""

    def __init__(self, metadata, streams):
        super().__init__()
        self.steps = [entry("Step", "Succeeded", metadata)]
        self.streams = dict.fromkeys(streams, [])
        self.requests = []

    def filter_log_events(self, **request):
        self.requests.append(request)
        return {"events": [{"timestamp": 1, "message": "line"}]}


def read(account, step="Step"):
    return read_step_logs(EnvironmentClients.of(ENVIRONMENTS["local"], account), EXECUTION, step)


@pytest.mark.parametrize(
    ("metadata", "stream", "group", "host"),
    [
        (job("j"), "j/algo-1-1234567890", "ProcessingJobs", "algo-1"),
        ({"TuningJob": {"Arn": TUNING}}, "tune-001/algo-1-1234567890", "TrainingJobs", "algo-1"),
        ({"QualityCheck": {"CheckJobArn": CHECK}}, "check/algo-2-1", "ProcessingJobs", "algo-2-1"),
    ],
)
def test_the_lines_of_a_job_are_in_the_streams_with_its_name(metadata, stream, group, host):
    account = Logs(metadata, [stream, "other/algo-1-1234567890"])
    assert [(line.host, line.message) for line in read(account)] == [(host, "line")]
    (request,) = account.requests
    assert request == {"logGroupName": f"/aws/sagemaker/{group}", "logStreamNames": [stream]}


def test_a_job_that_has_not_written_a_line_has_none():
    assert read(Logs(job("j"), [])) == []
