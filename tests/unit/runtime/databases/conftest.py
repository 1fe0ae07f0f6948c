import pytest

from tests.unit.runtime.databases.readings import Reading


@pytest.fixture
def reading(monkeypatch, tmp_path):
    """A job that reads a database."""
    return Reading(monkeypatch, tmp_path / "ml")
