"""The databases of one pipeline in one environment: values of its definition, and its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import aws_cdk as cdk

from pipeline_code.compiler import DatabaseUse, Manifest
from stacks.common.permissions import Scope
from stacks.config import Database, Environment, refuse
from stacks.platform import Platform


def check_databases(environment: Environment, pipeline: str, manifest: Manifest) -> None:
    """Check that the environment declares the databases of a definition, with their settings.

    Raises:
        ConfigurationError: a database or a setting is missing, or its connector lacks the setting.
    """
    for use in manifest.databases:
        found = _declared(environment, use)
        if found is None:
            raise refuse(
                "databases",
                tuple(each.name for each in environment.databases),
                allowed=f"a tuple with the database {use.name}, which {pipeline} reads",
                remedy=f'add Database(name="{use.name}", …) to the environment {environment.name}',
            )
        missing = {*use.required} - {*found.settings}
        unknown = {*found.settings} - {*use.settings}
        if missing or unknown:
            optional = f", and optionally {', '.join(use.optional)}" if use.optional else ""
            raise refuse(
                f"{found.name}.settings",
                dict(found.settings),
                allowed=f"{', '.join(use.required)}{optional} with the connector {use.connector}",
                remedy=f"add or remove {', '.join(sorted(missing | unknown))}",
            )


def database_values(
    stack: cdk.Stack, environment: Environment, manifest: Manifest
) -> dict[str, str]:
    """Return the values of the definition: where its databases are, their secrets and settings.

    A setting that is not declared is an empty text: the job uses the default of the connector.
    """
    values: dict[str, str] = {}
    for use, database in _used(environment, manifest.databases):
        values |= {
            use.value("Host"): database.host,
            use.value("Port"): str(database.port),
            use.value("Secret"): _secret(stack, database),
            **{value: database.settings.get(name, "") for name, value in use.settings.items()},
        }
    return values


def secret_scopes(
    stack: cdk.Stack, platform: Platform, databases: Iterable[DatabaseUse]
) -> dict[str, Scope]:
    """Return the scopes of a role that reads the secrets of these databases, and their keys."""
    used = [each for _, each in _used(platform.environment, databases)]
    keys = [
        stack.format_arn(service="kms", resource="key", resource_name=each.key_id)
        for each in used
        if each.key_id
    ]
    decrypting = {"kms:Decrypt": Scope(resources=[platform.key.key_arn, *keys])} if keys else {}
    secrets = Scope(resources=[_secret(stack, each) for each in used])
    return {"secretsmanager:GetSecretValue": secrets, **decrypting}


def _used(
    environment: Environment, uses: Iterable[DatabaseUse]
) -> Iterator[tuple[DatabaseUse, Database]]:
    for use in uses:
        if (found := _declared(environment, use)) is not None:
            yield use, found


def _declared(environment: Environment, use: DatabaseUse) -> Database | None:
    return next((each for each in environment.databases if each.name == use.name), None)


def _secret(stack: cdk.Stack, database: Database) -> str:
    return stack.format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=database.secret,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
