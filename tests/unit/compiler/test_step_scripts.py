"""The imports of step scripts: what an image has, and what a pipeline brings."""

from __future__ import annotations

import pytest

from pipeline_code.compiler.step_scripts import ScriptError, check_scripts


@pytest.fixture
def check(tmp_path):
    """Check a script that imports `module`, in a pipeline that brings `packages`."""
    folder = tmp_path / "pipelines" / "churn"
    folder.mkdir(parents=True)

    def run(module, *packages, image="SklearnImageUri"):
        lines = (f"{name}==1.0 --hash=sha256:{'0' * 64}\n" for name in packages)
        (folder / "wheels.lock").write_text("".join(lines))
        (folder / "step.py").write_text(f"import {module}\n")
        check_scripts(folder, [image])

    return run


@pytest.mark.parametrize("module", ["json", "numpy", "sklearn.base"])
def test_the_standard_library_and_the_image_may_be_imported(check, module):
    check(module)


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("lightgbm", "lightgbm"),
        ("category_encoders", "category-encoders"),
        # Only the wheel says that its module has another name than the package.
        ("imblearn", "imbalanced-learn"),
    ],
)
def test_a_package_that_the_pipeline_brings_may_be_imported(check, module, package):
    check(module, package)


@pytest.mark.parametrize(("module", "packages"), [("lightgbm", ()), ("imblearn", ())])
def test_a_package_that_is_missing_is_refused(check, module, packages):
    with pytest.raises(ScriptError, match=f"line 1: imports '{module}', which the image"):
        check(module, *packages)


@pytest.mark.parametrize("module", ["pyspark.sql", "pandas", "pyarrow"])
def test_spark_has_its_image_and_the_packages_that_the_step_brings(check, module):
    check(module, image="SparkImageUri")


@pytest.mark.parametrize(
    ("module", "image"), [("pyspark", "SklearnImageUri"), ("sklearn", "SparkImageUri")]
)
def test_spark_is_an_image_of_its_own(check, module, image):
    with pytest.raises(ScriptError, match=f"imports '{module}', which the image"):
        check(module, image=image)


def test_a_package_whose_modules_are_known_is_refused_beside_others(check):
    with pytest.raises(ScriptError, match="imports 'duckdb', which the image"):
        check("duckdb", "category-encoders")
