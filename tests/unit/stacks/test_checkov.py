"""What checkov says of the templates: nothing unexplained, and every explanation is needed."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.stacks.synthesised import ENVIRONMENT_NAMES, synthesised
from tests.unit.stacks.unexplained import in_metadata, unexplained

CHECKOV = Path(__file__).parents[3] / ".audit" / "bin" / "checkov"

pytestmark = pytest.mark.skipif(
    not CHECKOV.exists(), reason="checkov is in an environment of its own: run make checks"
)


def checkov(templates, folder):
    """What it reports of copies of the templates in `folder`."""
    for template in templates:
        shutil.copy(template, folder)
    child = subprocess.run(
        [CHECKOV, "--framework", "cloudformation", "--directory", folder]
        + ["--output", "json", "--compact", "--skip-download"],
        capture_output=True,
        text=True,
    )
    report = json.loads(child.stdout)
    assert report["summary"]["parsing_errors"] == 0
    return report


def failed(report):
    """Its findings, as (template, logical id, rule)."""
    return sorted(
        (Path(each["file_path"]).name, each["resource"].rpartition(".")[2], each["check_id"])
        for each in report["results"]["failed_checks"]
    )


def templates(folders):
    return [path for folder in folders for path in sorted(folder.glob("*.template.json"))]


def test_checkov_finds_nothing_unexplained(tmp_path):
    every = templates(synthesised(name).folder for name in ENVIRONMENT_NAMES)
    report = checkov(every, tmp_path)
    assert failed(report) == []
    looked_at = {Path(each["file_path"]).name for each in report["results"]["passed_checks"]}
    assert looked_at == {template.name for template in every}


def test_each_acknowledgement_answers_one_finding(tmp_path):
    taken = in_metadata([synthesised(name).folder for name in ENVIRONMENT_NAMES], "checkov")
    bare = templates(unexplained(name).folder for name in ENVIRONMENT_NAMES)
    assert failed(checkov(bare, tmp_path)) == taken


def test_checkov_does_look(tmp_path):
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}}}
    path = tmp_path / "careless.template.json"
    path.write_text(json.dumps(template))
    (tmp_path / "copies").mkdir()
    assert failed(checkov([path], tmp_path / "copies")) == [
        ("careless.template.json", "Queue", "CKV_AWS_27")
    ]
