"""Runs inside a container of the contract tests: starts `serve` and sends it requests.

usage: inside.py FOLDER. FOLDER has requests.json and gets answers.json and serve.log. Only the
standard library is imported, and the loopback is the only network.
"""

from __future__ import annotations

import base64
import fcntl
import json
import socket
import struct
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

PORT = 8080
START_SECONDS = 60
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40


def main(folder: Path) -> None:
    """Write the responses: an empty list if the server ended before /ping returned 200."""
    _start_loopback()
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen(["serve"], stdout=log, stderr=subprocess.STDOUT)
        pings = _wait(server)
        requests = json.loads((folder / "requests.json").read_text())
        answers = [_ask(**each) for each in requests] if pings[-1:] == [200] else []
        running = server.poll() is None
        server.terminate()
        code = server.wait()
    ended = {"code": None if running else code, "pings": pings, "answers": answers}
    (folder / "answers.json").write_text(json.dumps(ended))


def _wait(server: subprocess.Popen[bytes]) -> list[int]:
    """Return the statuses of /ping until the first 200, the end of the server, or the timeout."""
    deadline, statuses = time.monotonic() + START_SECONDS, list[int]()
    while 200 not in statuses and server.poll() is None and time.monotonic() < deadline:
        try:
            statuses.append(_ask("GET", "/ping")["status"])
        except OSError:
            time.sleep(0.1)
    return statuses


def _ask(
    method: str, path: str, headers: dict[str, str] | None = None, body: str = ""
) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request(method, path, base64.b64decode(body), headers or {})
    answer = connection.getresponse()
    content = base64.b64encode(answer.read()).decode()
    connection.close()
    return {"status": answer.status, "headers": answer.getheaders(), "body": content}


def _start_loopback() -> None:
    request = struct.pack("16sh", b"lo", IFF_UP | IFF_RUNNING)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        fcntl.ioctl(opened, SIOCSIFFLAGS, request)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
