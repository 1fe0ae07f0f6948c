"""The packages of the images are those with which the contract tests run."""

import pytest

from pipeline_code.compiler.images import IMAGES
from tests.lock_files import REPOSITORY, pins

# The contract tests have the package without the libraries for GPUs.
RENAMED = {"xgboost-cpu": "xgboost"}


# No model is served in the Spark image.
SERVING = [name for name, each in IMAGES.items() if each.python and name != "spark"]


@pytest.mark.parametrize("name", SERVING)
def test_the_contract_tests_have_the_versions_of_the_image(name):
    held = {pin.name: pin.version for pin in pins(IMAGES[name].packages)}
    contract = {
        RENAMED.get(pin.name, pin.name): pin.version
        for pin in pins(REPOSITORY / f"requirements-contract-{name}.txt")
        if "< '3.12'" not in pin.marker.replace('"', "'")
    }
    assert {package: held.get(package) for package in contract} == contract


def test_the_laptop_has_the_packages_of_the_spark_image():
    held = {pin.name: pin.version for pin in pins(IMAGES["spark"].packages)}
    given = {pin.name: pin for pin in pins(REPOSITORY / "requirements-spark.in")}
    for name in ("pandas", "boto3", "botocore"):
        assert given[name].version == held[name]
    assert given["pyspark"].version.startswith("3.5.")
    assert held["pyspark"].startswith("3.5.")


def test_every_known_image_has_its_version_in_its_list():
    for name, image in IMAGES.items():
        if image.python:
            assert f"image {name} {image.version}" in image.packages.read_text()
