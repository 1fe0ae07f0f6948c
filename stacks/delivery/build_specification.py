"""The build specification of a stage, which CodeBuild runs in a checkout of the commit.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

from typing import Any

from stacks.delivery.stages import Stage

PYTHON = "3.12"
_ROLE = "DELIVERY_ROLE"
# `cdk deploy` has no terminal on which it could ask.
VARIABLES = {"CDK_REQUIRE_APPROVAL": "never"}
# The SDKs then assume the role again whenever its session of at most an hour ends (role chaining).
# Version 0.2 runs all commands of a build in one shell, so later commands have the variable.
_PROFILE = (
    "export AWS_CONFIG_FILE=$(mktemp)",
    f'printf "[default]\\nrole_arn = %s\\ncredential_source = EcsContainer\\n" "${_ROLE}"'
    ' > "$AWS_CONFIG_FILE"',
)


def build_specification(stage: Stage, *, role: str | None = None) -> dict[str, Any]:
    """Return the build specification of a stage with commands, which have the role with this ARN.

    Without a role, they have that of the build.
    """
    return {
        "version": "0.2",
        "env": {"variables": {**VARIABLES, **({_ROLE: role} if role else {})}},
        "phases": {
            "install": {"runtime-versions": {"python": PYTHON}},
            **({"pre_build": {"commands": list(_PROFILE)}} if role else {}),
            "build": {"commands": list(stage.commands)},
        },
    }
