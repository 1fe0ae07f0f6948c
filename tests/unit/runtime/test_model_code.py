"""The code beside a model: the hosting module with what it imports, from files and from a zip."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline_code.runtime.model_code import write_code
from pipeline_code.runtime.module_source import find_source, imported_sources
from pipeline_code.tickit import inference

SHOP = {
    "shop/__init__.py": "",
    "shop/inference.py": "import json\nfrom shop import prices\nfrom .deep.most import LIMIT\n",
    "shop/prices.py": "def price():\n    from shop.deep import VALUE\n    return VALUE\n",
    "shop/deep/__init__.py": "VALUE = 1\n",
    "shop/deep/most.py": "import shop.tax as tax\nLIMIT = 2\n",
    "shop/tax.py": "",
    "shop/other.py": "raise AssertionError('is not imported')\n",
}
IMPORTED = {
    *("shop", "shop.inference", "shop.prices", "shop.deep", "shop.deep.most", "shop.tax"),
}


@pytest.fixture(params=["folder", "zip"])
def shop(request, tmp_path, monkeypatch):
    """A package on Python's path."""
    place = tmp_path / "code.zip"
    if request.param == "zip":
        with zipfile.ZipFile(place, "w") as archive:
            for name, text in SHOP.items():
                archive.writestr(name, text)
    else:
        for name, text in SHOP.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    monkeypatch.syspath_prepend(place)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]


def test_all_that_a_module_imports_of_its_own_package_is_found(shop):
    found = {source.name: source for source in imported_sources("shop.inference")}
    assert set(found) == IMPORTED
    assert found["shop.deep"].path == "shop/deep/__init__.py"
    assert found["shop.prices"].path == "shop/prices.py"
    assert found["shop.prices"].text == SHOP["shop/prices.py"]


def test_a_module_that_does_not_exist_is_named(shop):
    with pytest.raises(ModuleNotFoundError, match="No module named 'shop.absent'"):
        find_source("shop.absent")


def test_the_code_is_what_hosting_imports_and_no_more(tmp_path):
    write_code(tmp_path, inference)
    folder = tmp_path / "code"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
    assert {
        "inference.py",
        "pipeline_code/__init__.py",
        "pipeline_code/tickit/features.py",
    } <= files
    assert "pipeline_code/runtime/model_application.py" in files
    assert not {Path(name).stem for name in files} & {"preprocess", "train", "evaluate", "champion"}


def test_the_code_runs_alone(tmp_path):
    """Without a model the application is not made, but all that it imports was found."""
    write_code(tmp_path, inference)
    program = "import inference"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(tmp_path / "code"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert f"No such file or directory: '{tmp_path}/model.json'" in done.stderr
