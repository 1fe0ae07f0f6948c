"""What the tests of several pipelines and of their runtime share."""

import pytest

from tests.unit.registry import Registry, registry_server


@pytest.fixture(scope="session")
def registry_endpoint():
    """Where a model registry and a bucket answer."""
    with registry_server() as endpoint:
        yield endpoint


@pytest.fixture
def registry(registry_endpoint):
    """A registry without a version in it."""
    return Registry(registry_endpoint)
