"""A browser at the address of the server sees how to open the board of the deployed app."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from local_cloud import app_settings, start_page
from local_cloud.start_page import is_from_browser

BROWSER = {
    "PATH_INFO": "/",
    "REQUEST_METHOD": "GET",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml",
}


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Return a function that returns the page for an app with these settings."""

    def show(settings, environment="dev<b>"):
        (tmp_path / "pyproject.toml").write_text(f"[tool.laptop]\n{settings}\n")
        found = SimpleNamespace(environment=environment, folder=tmp_path)
        for module in (app_settings, start_page):
            monkeypatch.setattr(module, "read_deployment", lambda _: found)
        return start_page.start_page(SimpleNamespace(state=tmp_path))

    return show


def test_the_command_is_shown_with_the_environment_and_escaped(page):
    text = page('board = ["redline", "--env", "{environment}", "board"]')
    assert "run: redline --env &#x27;dev&lt;b&gt;&#x27; board" in text
    assert "<b>" not in text


@pytest.mark.parametrize("settings", ["", "board = 3"])
def test_an_app_without_a_valid_board_has_none(page, settings):
    assert "in a browser" not in page(settings)


def test_without_an_app_the_page_says_so(tmp_path):
    assert "No app is deployed." in start_page.start_page(SimpleNamespace(state=tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        {"HTTP_AUTHORIZATION": "AWS4-HMAC-SHA256"},
        {"HTTP_ACCEPT": "*/*"},
        {"PATH_INFO": "/bucket"},
        {"REQUEST_METHOD": "POST"},
        {"QUERY_STRING": "list-type=2"},
    ],
)
def test_requests_of_programs_are_not_answered_with_a_page(change):
    assert is_from_browser(BROWSER)
    assert not is_from_browser(BROWSER | change)
