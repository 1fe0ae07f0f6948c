"""Documents and commands match."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_cloud import cli as local_cloud
from local_cloud.commands import deploy
from local_cloud.deployment.deploy_environment import DeployResult
from local_cloud.faults.fault import KINDS
from operations import cli as operations
from pipeline_code.source_files import source_files
from tests.docs.pages import generated, with_parts
from tests.shipped import is_removed

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "pipeline_code/**/README.md", "benchmarks/*.md")
    + ("local_cloud/README.md",)
    for path in source_files(REPOSITORY, pattern)
)
# Page with the commands of a program -> how the page writes the program, and its commands.
PROGRAMS = {
    "local.md": ("python -m local_cloud", local_cloud.command_names()),
    "operations.md": ("redline", operations.command_names()),
}
TARGETS = set(re.findall(r"^\.PHONY: (\S+)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    targets = [(page.parent / link).resolve() for link in links]
    assert [each for each in targets if not each.exists() and not is_removed(each)] == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_make_targets_exist(page):
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_commands_exist(page):
    text = page.read_text()
    on_the_laptop = r"(?:python -m local_cloud|bin/laptop|\$ laptop) ([a-z]+)"
    of_an_environment = r"(?:bin/|\$ |`)redline(?: --(?:env|state) \w+)* ([a-z][a-z-]+)"
    assert set(re.findall(on_the_laptop, text)) <= set(local_cloud.command_names())
    assert set(re.findall(of_an_environment, text)) <= set(operations.command_names())


def test_every_page_is_in_the_contents_of_the_site():
    """`make site` fails for a page that is not; it needs packages that tests do not have."""
    contents = set((REPOSITORY / "docs" / "index.md").read_text().splitlines())
    pages = {path.stem for path in (REPOSITORY / "docs").glob("*.md")} - {"index"}
    assert pages - contents == set()


def test_tests_of_the_coverage_exist():
    page = (REPOSITORY / "docs" / "coverage.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named) > 10
    for path, name in named:
        assert f"def {name}(" in (REPOSITORY / path).read_text(), f"{path}::{name}"


def truths():
    """The rows of docs/aws-truth.md as lists of cells, without the headings."""
    lines = (REPOSITORY / "docs" / "aws-truth.md").read_text().splitlines()
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[0] != " fact "]


def test_each_fact_about_aws_has_a_dated_source_and_what_a_smoke_run_shows():
    rows = truths()
    assert len(rows) > 60
    for row in rows:
        fact, source, _, smoke = row
        assert fact and smoke, row
        assert re.search(r"2026-\d\d-\d\d$|no page says", source), fact


def test_tests_of_facts_about_aws_exist():
    for fact, _, test, _ in truths():
        named = re.findall(r"`((?:local_cloud/)?tests/[\w/]+\.py)::(\w+)`", test)
        assert named or re.match("none: .|the versions in", test), fact
        for path, name in named:
            file = REPOSITORY / path
            # The user may have removed a pipeline, together with its tests.
            if file.exists() or not path.startswith("tests/pipelines/"):
                assert f"def {name}(" in file.read_text(), f"{path}::{name}"


@pytest.mark.parametrize("page", PROGRAMS)
def test_every_command_is_documented_once(page):
    program, commands = PROGRAMS[page]
    text = (REPOSITORY / "docs" / page).read_text()
    named = re.findall(rf"^\| `{program} ([a-z][a-z-]+)", text, re.MULTILINE)
    assert sorted(named) == commands


@pytest.mark.parametrize("command", local_cloud.command_names())
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as ended:
        local_cloud.main([command, "--help"])
    assert ended.value.code == 0
    assert f"local_cloud {command}" in capsys.readouterr().out


def test_the_first_screen_shows_what_deploy_prints():
    """Only the format is compared, because the figures depend on the pipelines."""
    (line,) = re.findall("^Deployed local: .*$", (REPOSITORY / "README.md").read_text(), re.M)
    counts = re.search(r": (\d+) stacks, (\d+) resources", line)
    seconds = {name: float(value) for name, value in re.findall(r"(\w+) ([\d.]+) s\b", line)}
    stacks = ("stack",) * int(counts[1])
    assert deploy._summary(DeployResult("local", stacks, int(counts[2]), seconds)) == line


def test_decisions_are_short():
    lengths = {
        path.name: len(path.read_text().splitlines())
        for path in source_files(REPOSITORY / "docs" / "decisions", "*.md")
    }
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def test_decisions_are_numbered_one_after_the_other():
    numbers = [
        int(path.name.partition("-")[0])
        for path in source_files(REPOSITORY / "docs" / "decisions", "*.md")
    ]
    assert numbers == list(range(1, len(numbers) + 1))


def test_generated_parts_are_those_of_today():
    for page, text in generated().items():
        assert page.read_text() == text, f"{page.name}: run make docs"


def test_a_part_replaces_the_one_before():
    page = "before\n<!-- x: made by make docs -->\nold\n<!-- end of x -->\nafter\n"
    assert with_parts(page, {"x": lambda: r"n\ew"}) == page.replace("old", r"n\ew")
    with pytest.raises(ValueError, match="put them in first"):
        with_parts("nothing", {"x": lambda: "new"})


def test_every_kind_of_fault_is_documented():
    page = (REPOSITORY / "docs" / "faults.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(KINDS)
