"""CDK's own validation of templates."""

from __future__ import annotations

from functools import cache

import aws_cdk as cdk


def validate_templates(app: cdk.App) -> None:
    """Validate the templates of an app when it is synthesised."""
    cdk.Validations.of(app).add_plugins(_plugin())


@cache
def _plugin() -> cdk.CloudFormationValidatePlugin:
    """Return the plugin of this process: each one has an engine of 160 MiB that is never freed."""
    return cdk.CloudFormationValidatePlugin()
