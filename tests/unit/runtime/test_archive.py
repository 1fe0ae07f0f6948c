"""The archive of a pipeline's code: its content, and the same bytes in every build."""

import os
import zipfile
from pathlib import Path

import pytest

from pipeline_code.archive import build_archive
from pipeline_code.pipelines import names
from tests.application.environments import ROOT


def test_holds_the_scripts_and_the_runtime_only(tmp_path):
    packed = zipfile.ZipFile(build_archive("demand", tmp_path, ROOT)).namelist()
    folders = {str(Path(name).parent) for name in packed}
    runtime = "pipeline_code/runtime"
    assert folders == {
        *(".", "pipeline_code", runtime, f"{runtime}/data_analysis", f"{runtime}/flows"),
        *(f"{runtime}/databases", f"{runtime}/databases/connectors"),
        *(
            f"{runtime}/monitoring",
            f"{runtime}/single_row",
            f"{runtime}/sketches",
            f"{runtime}/spark",
            f"{runtime}/transforms",
        ),
        *("html_pages", "html_pages/drawings"),
        *("fixed_pipelines", "fixed_pipelines/demand"),
    }
    assert {name for name in packed if name.startswith("fixed_pipelines/demand")} == {
        f"fixed_pipelines/demand/{module}.py"
        for module in ("__init__", "evaluate", "preprocess", "rows", "train")
    }
    others = [name for name in packed if not name.endswith(".py")]
    assert others == ["html_pages/style.css", f"{runtime}/spark/wheels.lock"]


@pytest.mark.parametrize("name", names())
def test_a_pipeline_of_the_project_is_beside_the_runtime(tmp_path, name):
    packed = zipfile.ZipFile(build_archive(name, tmp_path)).namelist()
    folder = name.replace("-", "_")
    modules = [each for each in packed if each.startswith("pipeline_code/")]
    # The folder of a monitor declares the data set of another pipeline.
    folders = {folder, folder.removesuffix("_monitor")}
    assert {str(Path(each).parts[1]) for each in modules} == {"__init__.py", "runtime", *folders}


def test_same_sources_give_the_same_bytes(tmp_path):
    first = build_archive("demand", tmp_path / "a", ROOT).read_bytes()
    source = ROOT / "demand" / "rows.py"
    before = source.stat()
    os.utime(source)
    try:
        assert build_archive("demand", tmp_path / "b", ROOT).read_bytes() == first
    finally:
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("name", ["runtime", "nothing"])
def test_unknown_pipeline_is_refused_with_the_known_ones(tmp_path, name):
    with pytest.raises(ValueError, match=f"no pipeline '{name}': expected one of demand, .*files"):
        build_archive(name, tmp_path, ROOT)
