"""The packages of the images are those with which the contract tests run."""

import pytest

from pipeline_code.compiler.images import IMAGES
from tests.lock_files import REPOSITORY, pins

# The contract tests have the package without the libraries for GPUs.
RENAMED = {"xgboost-cpu": "xgboost"}


@pytest.mark.parametrize("name", [name for name, each in IMAGES.items() if each.python])
def test_the_contract_tests_have_the_versions_of_the_image(name):
    held = {pin.name: pin.version for pin in pins(IMAGES[name].packages)}
    contract = {
        RENAMED.get(pin.name, pin.name): pin.version
        for pin in pins(REPOSITORY / f"requirements-contract-{name}.txt")
        if "< '3.12'" not in pin.marker.replace('"', "'")
    }
    assert {package: held.get(package) for package in contract} == contract


def test_every_known_image_has_its_version_in_its_list():
    for name, image in IMAGES.items():
        if image.python:
            assert f"image {name} {image.version}" in image.packages.read_text()
