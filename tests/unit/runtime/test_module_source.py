"""The modules that a module imports from its own package, in files and in a zip."""

from __future__ import annotations

import sys
import zipfile

import pytest

from pipeline_code.runtime.module_source import find_source, imported_sources

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
