"""The order of the phases, and what happens after a failure."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from operations.environment_clients import EnvironmentClients
from operations.smoke import SmokeError
from operations.smoke.cdk_command import run_command
from operations.smoke.phase import Phase, SmokeRun
from operations.smoke.phases import PHASES
from operations.smoke.recorder import Recorder
from operations.smoke.runner import run_phases
from stacks.environments import ENVIRONMENTS
from warehouse import LoadError


@pytest.fixture
def run(tmp_path):
    ticks = iter(range(10_000))
    return SmokeRun(
        EnvironmentClients.of(ENVIRONMENTS["dev"], lambda _service: None),
        deploy="true",
        destroy="true",
        folder=tmp_path,
        progress=lambda _line: None,
        pause=lambda _seconds: None,
        clock=lambda: next(ticks),
    )


def results(run, **outcomes):
    """Run phases with these results: a text, or an error to raise."""

    def phase(name, outcome):
        def ended(_run):
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        return Phase(name, ended)

    phases = [phase(name, outcome) for name, outcome in outcomes.items()]
    return list(run_phases(phases, run, Recorder("redline-dev-")))


def test_the_phases_are_those_of_an_environments_life():
    names = ["deploy", "load", "train", "approve", "predict", "batch", "monitor", "destroy"]
    assert [phase.name for phase in PHASES] == names


def test_each_phase_has_what_it_saw_and_its_recording(run):
    deployed, destroyed = results(run, deploy="11 stacks", destroy="nothing remains")
    assert (deployed.status, deployed.found) == ("ok", "11 stacks")
    assert deployed.recording == str(run.folder / "1-deploy.jsonl")
    assert destroyed.recording == str(run.folder / "2-destroy.jsonl")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SmokeError("no rows"), "no rows"),
        (LoadError("COPY failed"), "COPY failed"),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "denied"}}, "ListModels"),
            "An error occurred (AccessDenied) when calling the ListModels operation: denied",
        ),
        (KeyboardInterrupt(), "interrupted"),
        (KeyError("Outputs"), "KeyError: 'Outputs'; the traceback is in "),
    ],
    ids=lambda value: type(value).__name__,
)
def test_after_a_failure_only_destroy_runs(run, error, reason):
    found = results(run, deploy="11 stacks", load=error, train="a model", destroy="nothing")
    assert [each.status for each in found] == ["ok", "failed", "skipped", "ok"]
    assert found[1].found.startswith(reason)
    assert not (run.folder / "3-train.jsonl").exists()


def test_the_traceback_of_a_defect_is_kept_without_account_ids(run):
    results(run, deploy=KeyError("arn:aws:iam::987654321098:root"), destroy="nothing")
    text = (run.folder / "deploy-traceback.log").read_text()
    assert "KeyError: 'arn:aws:iam::123456789012:root'" in text


def test_a_destruction_that_fails_is_a_failure(run):
    found = results(run, deploy="11 stacks", destroy=SmokeError("a stack exists"))
    assert [each.status for each in found] == ["ok", "failed"]


def test_a_wait_returns_the_first_value(run):
    values = iter([None, None, "InService"])
    assert run.wait("the endpoint", lambda: next(values), minutes=1) == "InService"


def test_a_wait_ends_after_its_time(run):
    with pytest.raises(SmokeError, match="the endpoint has not ended after 2 minutes"):
        run.wait("the endpoint", lambda: None, minutes=2)


def test_the_output_of_a_command_is_kept_without_account_ids(run):
    run_command(run, "echo stack of 987654321098", log="deploy.log")
    assert (run.folder / "deploy.log").read_text() == "stack of 123456789012\n"


def test_a_command_that_fails_says_why(run):
    with pytest.raises(SmokeError, match="exit code 3:\nthe bootstrap is missing"):
        run_command(run, "sh -c 'echo the bootstrap is missing; exit 3'", log="deploy.log")
