"""Saves what the services contain, and restores it in a new server."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from moto.backends import get_backend
from moto.core.base_backend import BackendDict, BaseBackend
from moto.ec2.models import EC2Backend
from moto.iam.models import AWSManagedPolicy, IAMBackend

from local_cloud.api_gate.supported_operations import supported_services
from local_cloud.context import Cloud
from local_cloud.moto_lock import MOTO
from local_cloud.persistence.changes import CHANGES
from local_cloud.persistence.object_files import ObjectFiles
from local_cloud.persistence.object_pickles import Place, dumps, loads
from local_cloud.persistence.saved_state import SavedState

logger = logging.getLogger(__name__)

# The sessions of roles end with the server, as its credentials do. The data of the runtime APIs are
# in the back end of SageMaker.
_WITHOUT_STATE = frozenset({"sagemaker-featurestore-runtime", "sagemaker-runtime", "sts"})
# These services change only by their own requests. The others are part of every save.
_ONLY_BY_REQUESTS = frozenset(
    {
        *("application-autoscaling", "budgets", "cloudformation", "ec2", "ecr", "glue", "iam"),
        *("kms", "s3", "ssm"),
    }
)
# A new back end has these itself: the images of EC2, and the 1,500 policies of AWS.
_RECREATED: Mapping[type[BaseBackend], frozenset[str]] = {
    EC2Backend: frozenset({"amis", "snapshots"}),
    IAMBackend: frozenset({"aws_managed_policies"}),
}
_SAVE_SECONDS = 5.0
# Most of these objects are of this package. They have locks of their own, which are acquired after
# the lock of moto.
_OWN = frozenset({"sagemaker"})
# A thread may change an object while it is saved. The next attempt sees the change.
_ATTEMPTS = 20


class StateSaver:
    """Saves the back ends of the services, and the mappings `others`, in the folder `cloud.saved`.

    A thread saves every few seconds; `settle` saves immediately. A service with an object that
    pickle cannot save keeps its last saved state: `report` is called with the reason, once.
    """

    def __init__(
        self, cloud: Cloud, folder: Path, others: Mapping[str, MutableMapping[Any, Any]]
    ) -> None:
        self.cloud = cloud
        self._others = others
        self._objects = ObjectFiles(folder / "objects")
        self._saved = SavedState(folder / "state.sqlite")
        self.report: Callable[[str], object] = logger.error
        self._reported: set[str] = set()
        self._count = 0
        self._names: set[str] = set()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="saver", daemon=True)

    def restore(self) -> None:
        """Restore the saved state."""
        parts = dict(self._saved.parts())
        for name, content in parts.items():
            found = loads(content, self.cloud, _backend, self._objects)
            if name in self._others:
                self._others[name].update(found)
            else:
                service, account, region = name.split("/")
                _fill(_backend((service, account, region)), found)

    def interrupted_stacks(self) -> list[str]:
        """Return the stacks whose operations had started and were not saved."""
        return self._saved.operations()

    def start(self) -> None:
        """Save now and, from now on, in the background."""
        for service in supported_services():
            CHANGES.mark(service)
        self._save()
        CHANGES.on_operation = self._saved.begin_operation
        self._thread.start()

    def settle(self, *, is_change: bool) -> None:
        """Return when everything that happened before this call is saved.

        During a stack operation, nothing is saved: a change waits for its end, and a request that
        only reads does not wait.
        """
        if (CHANGES.in_operation and not is_change) or self._closing.is_set():
            return
        if self._count < CHANGES.count:
            self._save(CHANGES.count)

    def close(self) -> None:
        """Save for the last time. A stack operation in progress is lost."""
        self._closing.set()
        self._thread.join()
        if not CHANGES.in_operation:
            self._save()
        self._saved.close()

    def _run(self) -> None:
        while not self._closing.wait(_SAVE_SECONDS):
            try:
                if self._count < CHANGES.count and not CHANGES.in_operation:
                    self._save()
            except Exception:  # boundary of a thread that must continue
                logger.exception("the state could not be saved")

    def _save(self, wanted: int | None = None) -> None:
        """Save the changes, unless another thread has saved the first `wanted` of them."""
        with CHANGES.saving() as (services, count):
            if wanted is not None and self._count >= wanted:
                return
            self._write(services)
            self._count = count

    def _write(self, services: frozenset[str]) -> None:
        places = _Places()
        parts: dict[str, bytes] = {}
        self._objects.used.clear()
        for place, backend in _backends():
            name, service = "/".join(place), place[0]
            if service in services or service not in _ONLY_BY_REQUESTS or name not in self._names:
                with nullcontext() if service in _OWN else MOTO.held():
                    self._add(parts, name, _state(backend), places)
        for name, other in self._others.items():
            self._add(parts, name, dict(other), places)
        self._saved.replace(parts)
        self._names |= parts.keys()
        if "s3" in services:
            self._objects.delete_others()

    def _add(
        self, parts: dict[str, bytes], name: str, root: object, places: Mapping[int, Place]
    ) -> None:
        try:
            parts[name] = self._bytes(root, places)
        except (AttributeError, TypeError, pickle.PickleError) as error:
            if name not in self._reported:
                self._reported.add(name)
                logger.exception("the state of %s cannot be saved", name)
                self.report(
                    f"the state of {name} cannot be saved ({error}); `down` and `up` restore what "
                    "was saved before"
                )

    def _bytes(self, root: object, places: Mapping[int, Place]) -> bytes:
        for _ in range(_ATTEMPTS):
            try:
                return dumps(root, self.cloud, places, self._objects)
            except RuntimeError:  # a dictionary changed its size during the iteration
                logger.debug("saved again", exc_info=True)
        return dumps(root, self.cloud, places, self._objects)


def _backends() -> list[tuple[Place, BaseBackend]]:
    """Return the existing back ends with their places."""
    return [
        ((service, account, region), backend)
        for service in sorted(supported_services() - _WITHOUT_STATE)
        for account, region, backend in list(_registry(service).iter_backends())
    ]


def _registry(service: str) -> BackendDict[Any]:
    registry: BackendDict[Any] = get_backend(service)
    return registry


class _Places(dict[int, Place]):
    """The places of back ends, by identity. A request may create a back end during a save."""

    def __missing__(self, identity: int) -> Place:
        self.update(_places())
        if identity not in self:
            raise KeyError(identity)
        return self[identity]


def _places() -> dict[int, Place]:
    """Return the places of all back ends, also of services that have no state of their own."""
    registries: list[BackendDict[Any]] = list(BackendDict._instances)
    others = {
        id(backend): (registry.service_name, account, region)
        for registry in registries
        for account, region, backend in list(registry.iter_backends())
    }
    return {**others, **{id(backend): place for place, backend in _backends()}}


def _backend(place: Place) -> BaseBackend:
    """Return the back end at a place, which is created at the first call."""
    service, account, region = place
    backend: BaseBackend = _registry(service)[account][region]
    return backend


def _state(backend: BaseBackend) -> dict[str, Any]:
    """Return the attributes of a back end that are saved."""
    recreated = (names for kind, names in _RECREATED.items() if isinstance(backend, kind))
    not_saved = frozenset(getattr(backend, "NOT_SAVED", ())).union(*recreated)
    state = {name: value for name, value in list(vars(backend).items()) if name not in not_saved}
    if isinstance(backend, IAMBackend):
        state["managed_policies"] = {
            arn: policy
            for arn, policy in list(backend.managed_policies.items())
            if policy.attachment_count or not isinstance(policy, AWSManagedPolicy)
        }
    return state


def _fill(backend: BaseBackend, state: dict[str, Any]) -> None:
    vars(backend).update(state)
    if isinstance(backend, IAMBackend):
        own = backend.managed_policies
        of_aws = [own.get(policy.arn, policy) for policy in backend.aws_managed_policies]
        backend.aws_managed_policies = of_aws
        backend.managed_policies = {**{policy.arn: policy for policy in of_aws}, **own}
