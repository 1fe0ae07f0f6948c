"""The web server of the board: whom it answers, and the headers of its responses."""

from __future__ import annotations

import http.client
import threading

import pytest

from operations.board.server import application, create_server
from operations.board.site import Site
from operations.commands import board
from tests.unit.operations.board.board_account import BoardAccount

HOST = {"Host": "127.0.0.1:1234"}


@pytest.fixture
def site():
    return Site(BoardAccount().clients())


def ask(site, path="/schedules", method="GET", **headers):
    """Return the status line, the headers and the body of a response."""
    found = []
    given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    request = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", **given}
    respond = application(site, 1234)
    body = b"".join(respond(request, lambda *given: found.extend(given)))
    return found[0], dict(found[1]), body.decode()


@pytest.mark.parametrize("host", ["127.0.0.1:1234", "localhost:1234"])
def test_this_machine_is_answered(site, host):
    assert ask(site, Host=host)[0] == "200 OK"


@pytest.mark.parametrize("host", ["", "127.0.0.1", "pages.example:1234", "127.0.0.1:1234.example"])
def test_a_name_that_resolves_to_this_machine_is_rejected(site, host):
    status, _, body = ask(site, Host=host)
    assert status == "421 Misdirected Request"
    assert "allowed is 127.0.0.1:1234 or localhost:1234" in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "<script>"])
def test_other_methods_than_get_are_rejected(site, method):
    status, headers, _ = ask(site, method=method, **HOST)
    assert status == "405 Method Not Allowed"
    assert headers["Content-Type"].startswith("text/plain")


def test_a_request_of_another_site_is_rejected(site):
    status, _, _ = ask(site, **HOST, **{"Sec-Fetch-Site": "cross-site"})
    assert status == "403 Forbidden"


@pytest.mark.parametrize("path", ["/schedules", "/nowhere", "/style.css"])
def test_no_page_may_run_a_script_or_load_from_elsewhere(site, path):
    _, headers, _ = ask(site, path, **HOST)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_it_listens_on_this_machine_only(site):
    with create_server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert server.server_address[0] == "127.0.0.1"
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        connection.request("GET", "/alarms")
        response = connection.getresponse()
        assert (response.status, b"Alarms" in response.read()) == (200, True)
        connection.close()
        server.shutdown()


def test_a_port_in_use_is_an_error_with_what_to_do(site):
    with create_server(site, 0) as server, pytest.raises(board.OperationError, match="--port"):
        board.run(BoardAccount().clients(), port=server.server_port)
