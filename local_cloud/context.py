"""The endpoint, region and folder of a running laptop cloud, and clients for its services."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local_cloud.loopback import WITHOUT_PROXY, proxy_variables
from local_cloud.moto_lock import refuse_call_while_held
from local_cloud.server_secrets import ServerSecrets, create_secrets

ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"
# In the user agent of the requests that a server sends to itself.
SERVER_AGENT = "laptop-server"
# An AWS SDK finds no credentials, no settings and no syntax errors in the files of the user.
NO_CONFIGURATION = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# boto3 creates clients from one shared session, which is not thread-safe.
_CLIENTS_ONE_BY_ONE = threading.Lock()


@dataclass(frozen=True)
class Cloud:
    """A running laptop cloud: its endpoint, its region, its folder and its secrets.

    `endpoint` is `http://localhost:PORT`. `state` is a git-ignored folder with the logs, the
    pid file and the working folders of jobs. `saved` is the folder of the data that outlive the
    server; None if its data are only in memory, and in commands. `agent` is added to the user agent
    of clients.
    """

    endpoint: str
    state: Path
    region: str = DEFAULT_REGION
    secrets: ServerSecrets = field(default_factory=create_secrets, repr=False)
    saved: Path | None = field(default=None, compare=False)
    agent: str | None = field(default=None, compare=False)

    def environment(self, role_arn: str | None = None, session: str = "laptop") -> dict[str, str]:
        """Return the variables of a process with this role (None: administrator)."""
        credentials = self._administrator() if role_arn is None else self._assume(role_arn, session)
        return {
            **credentials,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _administrator(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.secrets.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secrets.secret_access_key,
            # Jobs and functions, which have a role, have no files and no proxy of the user.
            **NO_CONFIGURATION,
            **proxy_variables(),
        }

    def client(
        self, service: str, role_arn: str | None = None, session: str = "laptop", **options: Any
    ) -> Any:
        """Return a boto3 client for this cloud with the credentials of `role_arn`."""
        return self.client_with(self.environment(role_arn, session), service, **options)

    def client_with(
        self,
        variables: Mapping[str, str],
        service: str,
        *,
        config: Config | None = None,
        **options: Any,
    ) -> Any:
        """Return a boto3 client for this cloud with the credentials in AWS_* variables."""
        # boto3's type stubs have one overload per service name. Here the name is a variable.
        make: Any = boto3.client
        with _CLIENTS_ONE_BY_ONE:
            client = make(
                service,
                endpoint_url=self.endpoint,
                region_name=self.region,
                aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
                aws_session_token=variables.get("AWS_SESSION_TOKEN"),
                config=self._config(config),
                **options,
            )
        if self.agent == SERVER_AGENT:
            client.meta.events.register_first("before-send", refuse_call_while_held)
        return client

    def _config(self, given: Config | None) -> Config:
        own = WITHOUT_PROXY.merge(Config(user_agent_extra=self.agent)) if self.agent else None
        base = own or WITHOUT_PROXY
        return base.merge(given) if given else base

    def _assume(self, role_arn: str, session: str) -> dict[str, str]:
        granted = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session)
        credentials = granted["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
        }
