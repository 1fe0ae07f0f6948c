"""The AWS CDK app. The CDK CLI runs it: `cdk synth -c env=NAME` (default: local).

`-c account=ACCOUNT` is the account of an environment that must have one and names none.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from traceback import extract_tb

from stacks.application import REFUSALS, build_app, new_app
from stacks.config import ConfigurationError, Environment

ENVIRONMENTS = Path(__file__).resolve().parent / "stacks" / "environments.py"


def main() -> None:
    """Synthesise the environment of the context, or print the error in one line."""
    app = new_app()
    try:
        environment = declared_environment(app.node.try_get_context("env") or "local")
        if environment.lacks_account:
            environment = replace(environment, account=app.node.try_get_context("account"))
        # Templates for AWS are validated first; the laptop cloud rejects immediately what it cannot
        # deploy.
        build_app(environment, app, validate=environment.name != "local")
    except REFUSALS as error:
        raise SystemExit(f"redline: {error}") from None
    app.synth()


def declared_environment(name: str) -> Environment:
    """Return the environment of that name; raises ConfigurationError, also for invalid Python."""
    try:
        # Here, so that an invalid value is an error in one line.
        from stacks.environments import environment_named
    except SyntaxError as error:
        raise ConfigurationError(f"{error.filename}, line {error.lineno}: {error.msg}") from error
    except (NameError, TypeError) as error:
        frames = [each for each in extract_tb(error.__traceback__) if Path(each[0]) == ENVIRONMENTS]
        if not frames:
            raise
        raise ConfigurationError(f"{ENVIRONMENTS}, line {frames[-1].lineno}: {error}") from error
    return environment_named(name)


if __name__ == "__main__":
    main()
