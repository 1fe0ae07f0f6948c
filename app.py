"""The AWS CDK app. The CDK CLI runs it: `cdk synth -c env=NAME` (default: local).

`-c account=ACCOUNT` is the account of an environment that must have one and names none.
"""

from __future__ import annotations

from dataclasses import replace

from stacks.application import REFUSALS, build_app, new_app
from stacks.declared_environments import environment_named


def main() -> None:
    """Synthesise the environment of the context, or print the error in one line."""
    app = new_app()
    try:
        environment = environment_named(app.node.try_get_context("env") or "local")
        if environment.lacks_account:
            environment = replace(environment, account=app.node.try_get_context("account"))
        # Templates for AWS are validated first; the laptop cloud rejects immediately what it cannot
        # deploy.
        build_app(environment, app, validate=environment.name != "local")
    except REFUSALS as error:
        raise SystemExit(f"redline: {error}") from None
    app.synth()


if __name__ == "__main__":
    main()
