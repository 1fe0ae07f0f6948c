"""checkov has no unexplained findings in the declared environments."""

from pathlib import Path

import pytest

from stacks.environments import ENVIRONMENTS
from tests.declared.environments import declared
from tests.template_checks.checkov import checkov, failed, needs_checkov, templates


@pytest.mark.slow
@needs_checkov
def test_checkov_finds_nothing_unexplained(tmp_path):
    every = templates(declared(name).folder for name in ENVIRONMENTS)
    report = checkov(every, tmp_path)
    assert failed(report) == []
    checked = {Path(each["file_path"]).name for each in report["results"]["passed_checks"]}
    assert checked == {template.name for template in every}
