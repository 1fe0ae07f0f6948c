"""The log of a crawl, which the service writes with the role of the crawler.

https://docs.aws.amazon.com/glue/latest/dg/monitor-crawler.html
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from botocore.exceptions import ClientError

from local_cloud.crawlers.crawler import LOG_GROUP
from local_cloud.errors import LocalCloudError
from local_cloud.sagemaker.role_session import RoleSession

logger = logging.getLogger(__name__)
_EXISTS = "ResourceAlreadyExistsException"


def write_log(session: RoleSession, stream: str, prefix: str, messages: Sequence[str]) -> None:
    """Write the messages. A role without the permission has no log, and the crawl continues."""
    names = {"logGroupName": LOG_GROUP, "logStreamName": stream}
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": f"[{prefix}] {message}"} for message in messages]
    try:
        logs = session.client("logs")
        _create(logs.create_log_group, logGroupName=LOG_GROUP)
        _create(logs.create_log_stream, **names)
        logs.put_log_events(**names, logEvents=events)
    except (ClientError, LocalCloudError) as error:
        logger.warning("the log of the crawler %s was not written: %s", stream, error)


def _create(operation: Callable[..., object], **names: str) -> None:
    """Call a create operation; no-op if the resource exists."""
    try:
        operation(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != _EXISTS:
            raise
