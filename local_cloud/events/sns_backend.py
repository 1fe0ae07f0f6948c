"""SNS topics that also write each message to a log group.

The laptop cloud sends no mail, so the log shows the notifications. The name of the group is that
of SNS' delivery logs: `sns/<region>/<account>/<topic>`.
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.logs.models import logs_backends
from moto.sns import urls
from moto.sns.models import SNSBackend

_STREAM = "messages"


class LaptopSNSBackend(SNSBackend):  # type: ignore[misc]  # moto is untyped here
    """moto's topics, which also log their messages."""

    @property
    def _url_module(self) -> Any:
        return urls

    def publish(self, message: str, **options: Any) -> str:
        """Publish the message, and log it with its subject and id."""
        identifier: str = super().publish(message, **options)
        arn = options.get("arn")
        if arn:
            self._log(arn, {"messageId": identifier, "message": message, **_subject(options)})
        return identifier

    def _log(self, arn: str, document: dict[str, Any]) -> None:
        group = f"sns/{self.region_name}/{self.account_id}/{arn.rpartition(':')[2]}"
        logs = logs_backends[self.account_id][self.region_name]
        logs.ensure_log_group(group)
        if _STREAM not in logs.groups[group].streams:
            logs.create_log_stream(group, _STREAM)
        event = {"timestamp": int(time.time() * 1000), "message": json.dumps(document)}
        logs.put_log_events(group, _STREAM, [event])


def _subject(options: dict[str, Any]) -> dict[str, str]:
    subject = options.get("subject")
    return {"subject": subject} if subject else {}
