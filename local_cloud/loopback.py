"""Connections to this machine never use a proxy, even if HTTP_PROXY is set."""

from __future__ import annotations

import os
from urllib.request import ProxyHandler, build_opener

from botocore.config import Config

_HOSTS = ("localhost", "127.0.0.1", ".localhost")
_NAMES = ("NO_PROXY", "no_proxy")

# For `boto3.client(config=…)`.
WITHOUT_PROXY = Config(proxies={})
# For requests with urllib.
OPENER = build_opener(ProxyHandler({}))


def proxy_variables() -> dict[str, str]:
    """Return NO_PROXY in both spellings for child processes: the hosts of this shell, and ours."""
    given = next((os.environ[name] for name in _NAMES if os.environ.get(name)), "")
    hosts = [host for host in given.split(",") if host and host not in _HOSTS]
    return dict.fromkeys(_NAMES, ",".join([*hosts, *_HOSTS]))
