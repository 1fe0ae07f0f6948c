"""The server collects garbage rarely, also while it imports moto and the services."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
import local_cloud.server
print(sum(generation["collections"] for generation in gc.get_stats()))
"""


def test_the_server_collects_garbage_rarely_from_its_first_import_on():
    command = [sys.executable, "-c", PROGRAM]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)
    # 40 today. With the threshold of Python there were 545.
    assert int(shown.stdout) < 200
