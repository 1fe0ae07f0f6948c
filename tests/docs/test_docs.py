"""The documents and the commands are checked against each other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.faults.fault import KINDS
from tests.faults.page import written
from tests.unit.stacks.synthesised import synthesised

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]
    + [*REPOSITORY.glob("pipeline_code/**/README.md"), *REPOSITORY.glob("benchmarks/*.md")]
    + [REPOSITORY / "local_cloud" / "README.md"]
)
COMMANDS = {
    path.stem
    for path in (REPOSITORY / "local_cloud" / "commands").glob("*.py")
    if path.stem != "__init__"
}
TARGETS = set(re.findall(r"^\.PHONY: (\S+)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_make_targets_exist(page):
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_commands_exist(page):
    command = r"(?:python -m local_cloud|bin/laptop|\$ laptop) ([a-z]+)"
    named = set(re.findall(command, page.read_text()))
    assert named <= COMMANDS


def test_every_command_is_documented_once():
    page = (REPOSITORY / "docs" / "local.md").read_text()
    named = re.findall(r"^\| `python -m local_cloud ([a-z]+)", page, re.MULTILINE)
    assert sorted(named) == sorted(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command):
    shown = subprocess.run(
        [sys.executable, "-m", "local_cloud", command, "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"local_cloud {command}" in shown.stdout


def test_the_first_screen_tells_what_is_deployed():
    templates = synthesised("local").templates
    resources = sum(len(template["Resources"]) for template in templates.values())
    told = f"Deployed local: {len(templates)} stacks, {resources} resources, each of them verified"
    assert told in (REPOSITORY / "README.md").read_text()


def test_decisions_are_short():
    lengths = {
        path.name: len(path.read_text().splitlines())
        for path in (REPOSITORY / "docs" / "decisions").glob("*.md")
    }
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def test_decisions_are_numbered_one_after_the_other():
    numbers = [
        int(path.name.partition("-")[0])
        for path in sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    ]
    assert numbers == list(range(1, len(numbers) + 1))


def test_faults_are_told_as_they_are_tested():
    page = (REPOSITORY / "docs" / "faults.md").read_text()
    assert written(page) == page, "run: python tests/faults/page.py docs/faults.md"


def test_every_kind_of_fault_is_documented():
    page = (REPOSITORY / "docs" / "faults.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(KINDS)
