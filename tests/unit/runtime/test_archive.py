"""The archive of a pipeline's code: what is in it, and that it is the same at every build."""

import os
import zipfile
from pathlib import Path

import pytest

from pipeline_code.archive import build_archive


def test_holds_the_scripts_and_the_runtime_only(tmp_path):
    names = zipfile.ZipFile(build_archive("tickit", tmp_path)).namelist()
    folders = {str(Path(name).parent) for name in names}
    assert folders == {".", "pipeline_code", "pipeline_code/runtime", "pipeline_code/tickit"}
    assert {name for name in names if name.startswith("pipeline_code/tickit")} == {
        f"pipeline_code/tickit/{module}.py"
        for module in ("__init__", "evaluate", "inference", "features", "preprocess", "train")
    }
    assert all(name.endswith(".py") for name in names)


def test_same_sources_give_the_same_bytes(tmp_path, repository):
    first = build_archive("tickit", tmp_path / "a").read_bytes()
    source = repository / "pipeline_code/tickit/features.py"
    before = source.stat()
    os.utime(source)
    try:
        assert build_archive("tickit", tmp_path / "b").read_bytes() == first
    finally:
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("name", ["runtime", "nothing"])
def test_unknown_pipeline_is_refused_with_the_known_ones(tmp_path, name):
    with pytest.raises(ValueError, match=f"no pipeline '{name}': expected one of .*tickit"):
        build_archive(name, tmp_path)
