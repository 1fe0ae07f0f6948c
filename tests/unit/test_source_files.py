"""Files that editors and notebooks leave in a folder are not code, wherever code is read."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from pipeline_code.archive import build_archive
from pipeline_code.compiler import __main__ as command
from pipeline_code.compiler import fingerprint
from pipeline_code.pipelines import names
from pipeline_code.scaffold import create
from pipeline_code.source_files import SourceError, is_code, source_files
from stacks.application import REFUSALS
from stacks.common import python_function
from tests.application.environments import ROOT
from tests.left_by_editors import copy_sources, leave_files
from warehouse.schema import FOLDER as MIGRATIONS
from warehouse.schema import read_migrations

# Functions that list the files of a folder.
LISTING = {"glob", "rglob", "iterdir", "listdir", "scandir", "copytree"}
# Modules that list files which are not code of this project.
OTHER_FILES = {
    "operations/preflight/checks/lambda_sdk.py": "a cloud assembly",
    "pipeline_code/compiler/images.py": "an installed package",
    "pipeline_code/source_files.py": "this function",
    "pipeline_code/wheelhouse/wheels.py": "a folder of fetched wheels",
    "stacks/common/service_models.py": "an installed package",
    "warehouse/load.py": "a temporary folder of data",
    "warehouse/load_plan.py": "a folder of data",
}


def leave_files_everywhere(folder):
    """Leave files beside each file of a folder and of its subfolders."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        leave_files(path.parent, path.name)


@pytest.fixture
def root(tmp_path):
    """A copy of the fixed pipelines."""
    copy_sources(ROOT, tmp_path / ROOT.name)
    return tmp_path / ROOT.name


@pytest.mark.parametrize("pattern", ["*", "**/*"])
def test_files_that_editors_leave_are_not_code(tmp_path, pattern):
    code = tmp_path / "code.py"
    code.write_text("")
    left = leave_files(tmp_path, "code.py")
    found = source_files(tmp_path, pattern)
    assert found == [code]
    assert all(path.is_file() or path.is_symlink() for path in left)


def test_hidden_folders_above_a_folder_do_not_count(tmp_path):
    folder = tmp_path / ".cache" / "checkout~"
    folder.mkdir(parents=True)
    (folder / "code.py").write_text("")
    assert source_files(folder, "*.py") == [folder / "code.py"]


@pytest.mark.parametrize("name", ["__init__.py", "_private.py", "a-b.sql", "x.py.template", "a#b"])
def test_names_of_code(name):
    assert is_code(name)


def test_a_link_to_a_file_is_code_and_a_link_to_a_missing_file_is_rejected(tmp_path):
    (tmp_path / "there.txt").write_text("")
    link = tmp_path / "code.py"
    link.symlink_to("there.txt")
    assert source_files(tmp_path, "*.py") == [link]
    (tmp_path / "there.txt").unlink()
    expected = "code.py is a link to there.txt, which does not exist: remove the link or restore"
    with pytest.raises(SourceError, match=expected):
        source_files(tmp_path, "*.py")
    assert SourceError in REFUSALS  # app.py prints the message without a traceback


def test_the_archive_of_a_pipeline_stays_the_same(root, tmp_path):
    before = build_archive("demand", tmp_path / "before", root).read_bytes()
    leave_files_everywhere(root / "demand")
    assert build_archive("demand", tmp_path / "after", root).read_bytes() == before


def test_the_runtime_in_an_archive_stays_the_same(root, tmp_path, monkeypatch):
    project = tmp_path / "pipeline_code"
    monkeypatch.setattr("pipeline_code.archive.FOLDER", project)
    source = Path(fingerprint.REPOSITORY, "pipeline_code")
    copy_sources(source / "runtime", project / "runtime")
    shutil.copy(source / "__init__.py", project)
    before = build_archive("demand", tmp_path / "before", root).read_bytes()
    leave_files_everywhere(project)
    assert build_archive("demand", tmp_path / "after", root).read_bytes() == before


def test_the_same_pipelines_are_found(root):
    before = names(root)
    leave_files(root / "demand", "pipeline.py")
    for folder in (".ipynb_checkpoints", "__pycache__", "demand~", "#demand#", ".demand"):
        (root / folder).mkdir(exist_ok=True)
        (root / folder / "pipeline.py").write_text("")
    assert names(root) == before


def test_caches_of_definitions_stay_valid(tmp_path, monkeypatch, root):
    repository = fingerprint.REPOSITORY
    for folder in ("pipeline_code/compiler", "pipeline_code/workflow"):
        copy_sources(repository / folder, tmp_path / folder)
    copy_sources(repository / "local_cloud/definition_rules", tmp_path / "rules")
    monkeypatch.setattr(fingerprint, "REPOSITORY", tmp_path)
    monkeypatch.setattr(fingerprint, "COMPILER", tmp_path / "pipeline_code/compiler")
    monkeypatch.setattr(fingerprint, "_RULES", tmp_path / "rules")

    def hashes():
        return fingerprint.of_definition(root / "demand", {}), fingerprint.of_linting({})

    before = hashes()
    leave_files_everywhere(tmp_path)
    assert hashes() == before
    for file, changed in (("rules/more.py", (0, 1)), ("pipeline_code/workflow/more.py", (1, 0))):
        (tmp_path / file).write_text("")
        now = hashes()
        assert tuple(int(a != b) for a, b in zip(before, now, strict=True)) == changed
        before = now


def test_the_code_of_functions_stays_the_same(tmp_path, monkeypatch):
    handlers = tmp_path / "lambda"
    copy_sources(python_function.HANDLERS, handlers)
    monkeypatch.setattr(python_function, "HANDLERS", handlers)
    monkeypatch.setattr(python_function, "SHARED", handlers / "shared")
    leave_files_everywhere(handlers)
    deployed = tmp_path / "deployed"
    deployed.mkdir()
    python_function._assemble(deployed, "extract", (), {})
    assert {path.name for path in deployed.iterdir()} == {
        path.name for path in source_files(python_function.HANDLERS / "extract", "*.py")
    } | {"clients.py", "deadline.py"}


def test_the_same_migrations_are_read(tmp_path):
    folder = tmp_path / "migrations"
    copy_sources(MIGRATIONS, folder)
    leave_files_everywhere(folder)
    assert read_migrations(folder) == read_migrations()


def test_the_same_files_of_the_template_are_written(tmp_path, monkeypatch):
    def written(root):
        files = create.create("churn", root, placeholders=create.LAKE_PLACEHOLDERS)
        return [path.relative_to(root) for path in files]

    before = written(tmp_path)
    copy_sources(create.TEMPLATE, tmp_path / "template")
    leave_files_everywhere(tmp_path / "template")
    monkeypatch.setattr(create, "TEMPLATE", tmp_path / "template")
    assert written(tmp_path / "other") == before


def test_the_compiler_rejects_a_link_to_a_missing_file_in_one_line(monkeypatch, capsys):
    def rejected(*_, **__):
        raise SourceError("code.py is a link to there.txt, which does not exist")

    monkeypatch.setattr(command, "compiled_all", rejected)
    assert command.main(["lint", "tickit"]) == 2
    assert "code.py is a link" in capsys.readouterr().err


@pytest.mark.parametrize("room", ["operations", "pipeline_code", "stacks", "warehouse"])
def test_one_function_lists_code(repository, room):
    in_jobs = {"runtime", *(name.replace("-", "_") for name in names())}  # these list data
    listing = {
        path.relative_to(repository).as_posix()
        for path in source_files(repository / room, "**/*.py")
        if path.relative_to(repository / room).parts[0] not in in_jobs
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in LISTING
    }
    expected = {path for path in OTHER_FILES if path.startswith(f"{room}/")}
    assert listing == expected, "call source_files, or name what the module lists"
