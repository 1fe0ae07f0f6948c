"""The pipelines that cdk.json names, in an environment with a declared name: `-c env=NAME`.

The commands of `operations` know only declared environments.
"""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from tests.application.environments import BASIC, FIXED

app = new_app()
names = app.node.get_context("pipelines")
pipelines = tuple(each for each in BASIC.pipelines if each.name in names)
environment = replace(BASIC, name=app.node.get_context("env"), pipelines=pipelines)
build_app(environment, app, **FIXED).synth()
