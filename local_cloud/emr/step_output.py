"""The output of a job: kept in a file, with the last lines in memory."""

from __future__ import annotations

import gzip
import logging
import re
from collections import deque
from pathlib import Path
from typing import IO

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.sagemaker.jobs.s3_transfers import split_uri
from local_cloud.sagemaker.role_session import RoleSession

logger = logging.getLogger(__name__)

_LAST_LINES = 400
_MESSAGE_CHARACTERS = 500
_ERROR = re.compile(r"(Caused by: )?[\w.$]+(Error|Exception)\b")


class StepOutput:
    """The lines that a job prints, in the file `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")

    def add(self, line: str) -> None:
        """Write a line to the file."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        self._last.append(line)

    def copy(self, pipe: IO[bytes]) -> None:
        """Write all lines of the pipe to the file."""
        for line in pipe:
            self.add(line.decode(errors="replace").rstrip())

    def tell(self, line: str) -> None:
        """Write a line of the laptop cloud."""
        self.add(f"laptop cloud: {line}")

    def message(self) -> str:
        """Return the last line that begins with an exception, or the last line."""
        errors = [each for each in self._last if _ERROR.match(each)]
        lines = errors or [each for each in self._last if each]
        return lines[-1][:_MESSAGE_CHARACTERS] if lines else "no output"

    def store(self, session: RoleSession, uri: str) -> None:
        """Write the file to S3, compressed. If the role may not, the job ends without a log."""
        bucket, key = split_uri(uri)
        content = gzip.compress(self.path.read_bytes())
        try:
            session.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError) as error:
            logger.warning("no log %s: %s", uri, error)
