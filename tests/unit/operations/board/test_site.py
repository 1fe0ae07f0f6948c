"""The pages of the board, from an account whose texts contain markup."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from operations import OperationError
from operations.board.runs import PAGE_SIZE, RunReader
from operations.board.site import Site
from tests.unit.operations.board.board_account import GROUP, HOSTILE, BoardAccount
from tests.unit.recorded_account import EXECUTION
from tests.unit.run_report.sample_facts import VOID, Page

ID = EXECUTION.rpartition("/")[2]
PATHS = (
    "/", "/pipelines/demand", f"/runs/{ID}", "/runs/latest", "/endpoints", "/drift", "/schedules",
    "/alarms", "/compare", f"/lineage/{ID}",
)  # fmt: skip
VOID |= {"input", "link"}


@pytest.fixture
def account():
    return BoardAccount()


@pytest.fixture
def site(account):
    return Site(account.clients())


def read(site, path, **query):
    answer = site.answer(path, query)
    assert answer.status == "200 OK", answer.content
    return Page(answer.content)


@pytest.mark.parametrize("path", PATHS)
def test_every_text_is_escaped(site, path):
    page = read(site, path)
    assert page.all("script") == []
    assert page.all("h1")


@pytest.mark.parametrize(
    "path", ["/pipelines/demand", f"/runs/{ID}", f"/lineage/{ID}", "/schedules", "/alarms"]
)
def test_markup_is_shown_as_text(site, path):
    assert HOSTILE in read(site, path).text


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_loaded_from_elsewhere(site, path):
    page = read(site, path)
    addresses = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "action")
    ]
    assert [each for each in addresses if not re.match(r"/(?!/)|#", each)] == []


@pytest.mark.parametrize("path", PATHS)
def test_headings_are_in_order_and_links_have_names(site, path):
    page = read(site, path)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    identifiers = [each["id"] for _, each in page.tags if "id" in each]
    assert len(identifiers) == len(set(identifiers))


def test_a_run_links_its_lineage(site):
    page = read(site, f"/runs/{ID}")
    assert [each for each in page.all("a") if each["href"] == f"/lineage/{ID}"]


def test_a_run_without_lineage_says_so(site, account, monkeypatch):
    monkeypatch.setattr(
        account, "list_trial_components", lambda **_: {"TrialComponentSummaries": []}
    )
    assert "SageMaker has recorded no lineage" in read(site, f"/lineage/{ID}").text


def test_the_overview_links_the_states_of_the_last_runs(site):
    page = read(site, "/")
    (state, *_) = [each for each in page.all("a") if each["href"] == f"/runs/{ID}"]
    assert state["aria-label"] == f"Succeeded 2026-01-02 00:00 UTC ({GROUP})".replace(
        "2026-01-02 00:00", "2026-01-01 22:00"
    )
    assert "version 3" in page.text


def test_a_pipeline_shows_reasons_values_and_versions(site):
    text = read(site, "/pipelines/demand").text
    assert f"Prepare: {HOSTILE}" in text
    assert "The ring marks version 3, which is in service" in text
    assert "3 (in service) 0.25 3.5" in text
    assert "Evaluate Processing Prepare" in text


def test_older_runs_are_on_their_own_page(site, account):
    page = read(site, "/pipelines/demand")
    (older,) = [each for each in page.all("a") if "after=" in each["href"]]
    assert older["href"] == "/pipelines/demand?after=to+ken%26"
    read(site, "/pipelines/demand", after="to ken&")
    assert account.tokens[-1] == "to ken&"


def test_a_page_reads_no_more_runs_than_it_shows():
    account = BoardAccount(executions=10_000)
    read(Site(account.clients()), "/pipelines/demand")
    assert len(account.described) == PAGE_SIZE


def test_what_an_ended_run_did_is_read_once_until_it_is_retried(account):
    reader = RunReader(account.clients())
    definition = reader.definition(GROUP)
    reader.page(GROUP, definition)
    read_before = len(account.read_steps_of)
    reader.page(GROUP, definition)
    assert len(account.read_steps_of) == read_before
    account.status = "Executing"
    (run, *_) = reader.page(GROUP, definition).runs
    assert (run.ended, run.seconds) == (None, None)
    assert len(account.read_steps_of) > read_before


def test_endpoints_have_requests_errors_and_latency(site):
    page = read(site, "/endpoints")
    assert "2026-01-02 00:15 UTC 3,000 3,000 3,000 3 3" in page.text
    labels = [each.get("aria-label", "") for each in page.all("svg")]
    assert [label.split(",")[0] for label in labels] == ["Requests", "Errors", "Latency"]


def test_two_runs_are_compared(site):
    text = read(site, "/compare", a=ID, b=ID).text
    assert "rmse 3.5 3.5 +0" in text
    assert "Limit 0.5 0.5" in text
    assert "differs in" not in text


def test_drift_is_that_of_pipelines_with_its_document(site, account, monkeypatch):
    assert "No pipeline measures drift." in read(site, "/drift").text
    monkeypatch.setattr("operations.executions.drift_history.DOCUMENT", "evaluation.json")
    assert "Measured by demand" in read(site, "/drift").text


def test_quality_is_that_of_pipelines_with_its_document(site, account, monkeypatch):
    monkeypatch.setattr("operations.executions.drift_history.DOCUMENT", "evaluation.json")
    assert "Quality on labelled requests" not in read(site, "/drift").text
    monkeypatch.setattr("operations.executions.quality_history.QUALITY", "evaluation.json")
    (key,) = [each for each in account.objects if each.endswith("/evaluation.json")]
    document = {"outcome": "Measured", "regression_metrics": {"rmse": {"value": 2.5}}}
    account.objects[key] = json.dumps(document).encode()
    assert "Quality on labelled requests" in read(site, "/drift").text


@pytest.mark.parametrize("path", ["/nowhere", "/pipelines/other", "/runs/other", "//", "/runs/%00"])
def test_what_does_not_exist_is_not_found(site, path):
    answer = site.answer(path, {})
    assert answer.status == "404 Not Found"
    assert "<script" not in answer.content


def test_what_is_not_possible_is_not_called_missing(site, account, monkeypatch):
    def refused(_aws):
        raise OperationError("the lake is not deployed")

    monkeypatch.setattr("operations.executions.facts.lake_bucket", refused)
    answer = site.answer(f"/runs/{ID}", {})
    assert answer.status == "500 Internal Server Error"
    assert "the lake is not deployed" in answer.content
    assert "traceback" not in answer.content


def test_an_endpoint_is_described_once_per_page(site, account, monkeypatch):
    asked = []
    describe = account.describe_endpoint
    monkeypatch.setattr(
        account, "describe_endpoint", lambda **request: asked.append(request) or describe()
    )
    read(site, "/endpoints")
    assert asked == [{"EndpointName": GROUP}]


def test_the_overview_lists_the_executions_of_a_pipeline_once(site, account):
    read(site, "/")
    assert account.tokens == [None]


def test_a_rejected_request_is_a_page_with_its_reason(site):
    answer = site.answer("/pipelines/demand", {"after": "old"})
    assert answer.status == "502 Bad Gateway"
    assert "ValidationException" in answer.content
    assert "<script" not in answer.content


def test_an_environment_without_runs_is_shown(account, site):
    account.executions = 0
    assert "The pipeline has not run yet." in read(site, "/pipelines/demand").text


def test_an_unexpected_error_is_a_page(site, account, monkeypatch):
    monkeypatch.setattr(account, "describe_alarms", lambda **_: {"MetricAlarms": [{}]})
    answer = site.answer("/alarms", {})
    assert answer.status == "500 Internal Server Error"
    assert "Unexpected KeyError" in answer.content
    (file,) = re.findall(r"the traceback is in (\S+)\)", answer.content)
    Path(file).unlink()
