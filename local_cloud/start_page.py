"""The page that a browser shows at the address of the server: how to open the app's board."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from html import escape
from typing import Any

from local_cloud.app_settings import InvalidSettings, deployed_settings, with_environment
from local_cloud.context import Cloud
from local_cloud.state import read_deployment

PATH = "/"


def is_from_browser(environ: Mapping[str, Any]) -> bool:
    """Whether a person opened the address: SDKs sign their requests and do not accept HTML."""
    return bool(
        environ["PATH_INFO"] == PATH
        and environ["REQUEST_METHOD"] == "GET"
        and not environ.get("QUERY_STRING")
        and "HTTP_AUTHORIZATION" not in environ
        and "text/html" in environ.get("HTTP_ACCEPT", "")
    )


def start_page(cloud: Cloud) -> str:
    """Return the HTML document."""
    lines = ["This is a laptop cloud: SDKs and the AWS CLI use this address as their endpoint."]
    deployment = read_deployment(cloud.state)
    if deployment is None:
        lines.append("No app is deployed.")
    elif command := _board(cloud):
        words = shlex.join(with_environment(command, deployment.environment))
        lines.append(f"To see the environment {deployment.environment} in a browser, run: {words}")
    shown = "".join(f"<p>{escape(line)}</p>" for line in lines)
    head = '<meta charset="utf-8"><title>Laptop cloud</title>'
    body = f"<main><h1>Laptop cloud</h1>{shown}</main>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def _board(cloud: Cloud) -> tuple[str, ...]:
    try:
        return deployed_settings(cloud).board
    except InvalidSettings:  # the commands report it
        return ()
