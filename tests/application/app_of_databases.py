"""The environment with a database: `cdk synth -c root=FOLDER -c port=PORT`."""

from __future__ import annotations

from pathlib import Path

from stacks.application import build_app, new_app
from tests.application.databases import at_port
from tests.application.environments import FIXED

if __name__ == "__main__":
    app = new_app()
    root, port = Path(app.node.get_context("root")), int(app.node.get_context("port"))
    build_app(at_port(port), app, **{**FIXED, "root": root}).synth()
