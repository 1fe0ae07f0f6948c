"""Keeps the state of a server: restores it, resumes the work, saves it until the server ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_cloud import emr, events, functions, redshift, sagemaker
from local_cloud.application import Application
from local_cloud.context import Cloud
from local_cloud.errors import reason
from local_cloud.events.in_flight import EVENTS, INVOCATIONS
from local_cloud.persistence.saved_version import NotRestorable
from local_cloud.persistence.state_saver import StateSaver

logger = logging.getLogger(__name__)


def restored(cloud: Cloud, folder: Path) -> StateSaver:
    """Restore the state in a folder. Raises `NotRestorable`; then nothing was changed."""
    try:
        saver = StateSaver(cloud, folder, _other_parts())
        saver.restore()
        redshift.resume()
    except Exception as error:  # boundary: the files may contain anything
        logger.exception("the state in %s cannot be restored", folder)
        raise NotRestorable(
            f"The state in {folder} cannot be restored ({reason(error)}). Start empty with "
            "`python -m local_cloud up --fresh`, which deletes the saved state."
        ) from error
    return saver


@contextmanager
def kept(saver: StateSaver, application: Application) -> Iterator[None]:
    """Resume the restored work, and save the state within this context.

    The server must be running, because the processes of endpoints call it.
    """
    application.interrupted += [_stack_line(stack) for stack in saver.interrupted_stacks()]
    emr.resume()
    application.interrupted += sagemaker.resume()
    functions.resume(saver.cloud)
    events.resume()
    saver.report = application.faults.append
    saver.start()
    application.settle = saver.settle
    try:
        yield
    finally:
        sagemaker.flush()
        saver.close()


def _other_parts() -> dict[str, MutableMapping[str, Any]]:
    """Return what the back ends of the services do not contain."""
    return {
        "warehouses": redshift.warehouses(),
        "events": EVENTS.by_token,
        "invocations": INVOCATIONS.by_token,
    }


def _stack_line(stack: str) -> str:
    return f"the operation of stack {stack}, which is as before the operation: deploy again"
