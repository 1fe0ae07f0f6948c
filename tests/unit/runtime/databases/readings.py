"""Runs the job that reads a database in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from pipeline_code.runtime import read_database
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.databases.declared import DeclaredDatabase

SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-reader-AbCdEf"


@dataclass(frozen=True)
class Secrets:
    """Secrets Manager with one secret, a text or bytes; None: the secret does not exist."""

    text: str | bytes | None

    def get_secret_value(self, SecretId: str) -> dict[str, str | bytes]:  # noqa: N803 (name of AWS)
        """Return the secret."""
        assert SecretId == SECRET_ARN
        if self.text is None:
            error = {"Code": "ResourceNotFoundException", "Message": "can't find the secret"}
            raise ClientError({"Error": error}, "GetSecretValue")
        # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
        kind = "SecretBinary" if isinstance(self.text, bytes) else "SecretString"
        return {kind: self.text}


@dataclass(frozen=True)
class Reading:
    """A job that reads a query of a database into `folder`."""

    monkeypatch: Any
    folder: Path

    def read(
        self,
        sql: str,
        *,
        connector: str,
        port: int,
        settings: Mapping[str, str],
        secret: Mapping[str, Any] | str | bytes | None,
    ) -> pa.Table:
        """Run the job and return its rows."""
        patch = self.monkeypatch
        text = json.dumps(secret) if isinstance(secret, dict) else secret
        variables = {
            "NAME": "orders",
            "CONNECTOR": connector,
            "PACKAGE": "pipeline_code.orders",
            "QUERY": "databases/orders.sql",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "SECRET": SECRET_ARN,
            **{f"SETTING_{name.upper()}": value for name, value in settings.items()},
        }
        for name, value in variables.items():
            patch.setenv(f"DATABASE_{name}", value)
        patch.setattr(DeclaredDatabase, "sql", lambda _: sql)
        patch.setattr(read_database, "client", lambda *_: Secrets(text))
        (self.folder / "config").mkdir(parents=True, exist_ok=True)
        config = {"ProcessingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:processing-job/x"}
        (self.folder / "config/processingjobconfig.json").write_text(json.dumps(config))
        read_database.run(Container(self.folder))
        return pa.concat_tables(map(pq.read_table, self.files()))

    def files(self) -> list[Path]:
        """Return the files that the job wrote."""
        return sorted((self.folder / "processing/output/rows").iterdir())
