"""The database of a job, as its step and its environment declare it in variables of the job."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pipeline_code.runtime.databases import variables
from pipeline_code.runtime.databases.connector import Connector
from pipeline_code.runtime.databases.connectors import connectors
from pipeline_code.runtime.job_errors import SettingError


@dataclass(frozen=True, kw_only=True)
class DeclaredDatabase:
    """A database: its `name` in the environment, its connector, its address and its secret."""

    name: str
    connector: Connector
    package: str
    query: str
    host: str
    port: int
    secret: str
    settings: Mapping[str, str]

    @classmethod
    def of_job(cls) -> Self:
        """Return the database in the variables of this job."""
        connector = connectors()[os.environ[variables.CONNECTOR]]
        given = {
            name: os.environ.get(variables.setting(name)) or default or ""
            for name, default in connector.settings.items()
        }
        return cls(
            name=os.environ[variables.NAME],
            connector=connector,
            package=os.environ[variables.PACKAGE],
            query=os.environ[variables.QUERY],
            host=os.environ[variables.HOST],
            port=int(os.environ[variables.PORT]),
            secret=os.environ[variables.SECRET],
            settings=given,
        )

    @property
    def place(self) -> str:
        """The database in messages."""
        return f"the database {self.name} ({self.connector.title} at {self.host}:{self.port})"

    def sql(self) -> str:
        """Return the text of the query, which is in the archive. Raises SettingError."""
        try:
            content = pkgutil.get_data(self.package, self.query)
        except OSError:
            content = None
        if content is None:
            raise SettingError(
                f"the archive of the pipeline has no {self.query}: deploy the pipeline again"
            )
        return content.decode("utf-8-sig")
