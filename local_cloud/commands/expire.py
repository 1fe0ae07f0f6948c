"""`expire`: delete the objects that the lifecycle rules of buckets delete in some days."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from local_cloud.context import Cloud
from local_cloud.object_expiration import expire
from local_cloud.output import show

HELP = "delete the objects that lifecycle rules delete N days from now, which never happens by time"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument: the days."""
    parser.add_argument(
        "--days", type=_days, default=0, metavar="N", help="as if N days had passed (default 0)"
    )


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Delete the objects, and list them."""
    now = datetime.now(UTC) + timedelta(days=arguments.days)
    expired = expire(cloud.client("s3"), now=now)
    text = "\n".join([*expired, f"{len(expired)} objects have expired."])
    show({"expired": expired}, text=text, as_json=arguments.json)
    return 0


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 36_500):
        raise argparse.ArgumentTypeError(f"{text!r}: must be a whole number from 0 to 36500")
    return int(text)
