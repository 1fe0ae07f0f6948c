"""Only monitored.py of a monitoring pipeline brings modules of another pipeline to its jobs."""

from __future__ import annotations

import zipfile

import pytest

from pipeline_code.archive import build_archive
from pipeline_code.compiler.step_scripts import ScriptError, check_scripts
from pipeline_code.imported_modules import modules_of_others
from pipeline_code.source_files import SourceError

IMPORT = "from made.served.features import DATASET\n"


@pytest.fixture
def root(tmp_path):
    """Two pipelines of a root: `served`, and `monitor`."""
    for name in ("served", "monitor"):
        folder = tmp_path / "made" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "pipeline.py").write_text("")
    served = tmp_path / "made" / "served"
    (served / "features.py").write_text("from made.served.columns import COLUMNS as DATASET\n")
    (served / "columns.py").write_text("COLUMNS = ()\n")
    (served / "train.py").write_text("from made.served.features import DATASET\n")
    return tmp_path / "made"


def test_what_it_imports_is_brought_with_its_imports(root):
    (root / "monitor" / "monitored.py").write_text(IMPORT)
    found = modules_of_others(root / "monitor")
    assert found == [root / "served" / "columns.py", root / "served" / "features.py"]
    check_scripts(root / "monitor", ["SklearnImageUri"])


def test_the_archive_has_nothing_else_of_the_pipeline(root, tmp_path):
    (root / "__init__.py").write_text("")
    (root / "monitor" / "monitored.py").write_text(IMPORT)
    names = zipfile.ZipFile(build_archive("monitor", tmp_path, root)).namelist()
    assert {name for name in names if name.startswith("made/served/")} == {
        "made/served/__init__.py",
        "made/served/columns.py",
        "made/served/features.py",
    }
    assert len(names) == len(set(names))


def test_without_the_file_nothing_is_brought(root):
    assert modules_of_others(root / "served") == []


def test_another_module_may_not_import_a_pipeline(root):
    (root / "monitor" / "step.py").write_text(IMPORT)
    with pytest.raises(ScriptError, match=r"step\.py, line 1.*in the monitored\.py of a monitor"):
        check_scripts(root / "monitor", ["SklearnImageUri"])


def test_the_imports_of_what_is_brought_are_checked(root):
    (root / "monitor" / "monitored.py").write_text(IMPORT)
    (root / "served" / "columns.py").write_text("import lightgbm\n")
    with pytest.raises(ScriptError, match=r"columns\.py, line 1: imports 'lightgbm'"):
        check_scripts(root / "monitor", ["SklearnImageUri"])


def test_a_syntax_error_in_what_is_brought_is_named(root):
    (root / "monitor" / "monitored.py").write_text(IMPORT)
    (root / "served" / "features.py").write_text("DATASET =\n")
    with pytest.raises(SourceError, match=r"features\.py is not Python"):
        modules_of_others(root / "monitor")
