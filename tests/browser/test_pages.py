"""Chromium opens the board, the run report and an analysis: accessibility, widths, keyboard."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from operations.board.server import create_server
from operations.board.site import Site
from pipeline_code.runtime.data_analysis.page import page as analysis_page
from run_report.page import page
from tests.unit.analysed_rows import analysed, sample
from tests.unit.operations.board.board_account import BoardAccount
from tests.unit.recorded_account import EXECUTION
from tests.unit.run_report.sample_facts import facts

PROGRAM = Path(__file__).with_name("inspect.mjs")
PACKAGES = Path(__file__).parents[2] / ".browser"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and NODE and PACKAGES.is_dir()),
        reason="needs Chromium (apt-get install chromium) and `make .browser/.installed`",
    ),
]
ID = EXECUTION.rpartition("/")[2]
PATHS = {
    "overview": "/",
    "pipeline": "/pipelines/demand",
    "run": f"/runs/{ID}",
    "lineage": f"/lineage/{ID}",
    "endpoints": "/endpoints",
    "schedules": "/schedules",
    "alarms": "/alarms",
    "comparison": f"/compare?a={ID}&b={ID}",
    "missing": "/nowhere",
}


@pytest.fixture(scope="module")
def inspected(tmp_path_factory):
    """What Chromium found on each page, in two widths and colour schemes."""
    report = tmp_path_factory.mktemp("report") / "report.html"
    report.write_text(page(facts(display_name="<script>alert(1)</script>")))
    analysis = report.with_name("analysis.html")
    analysis.write_text(analysis_page(analysed(sample(), compared=sample())))
    with create_server(Site(BoardAccount().clients()), 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        pages = {name: f"{address}{path}" for name, path in PATHS.items()}
        files = {"report": report.as_uri(), "analysis": analysis.as_uri()}
        asked = {"chromium": CHROMIUM, "pages": {**pages, **files}}
        ended = subprocess.run(
            [NODE, PROGRAM], cwd=PACKAGES, input=json.dumps(asked),
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        server.shutdown()
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize("name", [*PATHS, "report", "analysis"])
def test_a_page_is_accessible(inspected, name):
    assert [found for seen in inspected[name] for found in seen["findings"]] == []


@pytest.mark.parametrize("name", [*PATHS, "report", "analysis"])
def test_a_page_fits_a_narrow_window(inspected, name):
    assert [(seen["width"], seen["wider"]) for seen in inspected[name] if seen["wider"]] == []


@pytest.mark.parametrize("name", [*PATHS, "report", "analysis"])
def test_a_page_runs_no_script_and_loads_from_its_own_host_only(inspected, name):
    expected = ["404"] if name == "missing" else []
    for seen in inspected[name]:
        unexpected = [each for each in seen["errors"] if not any(e in each for e in expected)]
        assert unexpected == []
        assert len(seen["hosts"]) == 1


@pytest.mark.parametrize("name", PATHS)
def test_the_keyboard_reaches_the_content_first(inspected, name):
    for seen in inspected[name]:
        assert seen["tabs"][0] == "Skip to the content"


def test_the_keyboard_reaches_runs_and_scrolled_tables(inspected):
    (seen, *_) = inspected["pipeline"]
    assert {ID, "Older runs", "Runs, the newest first", "Graph of the steps"} <= set(seen["tabs"])
