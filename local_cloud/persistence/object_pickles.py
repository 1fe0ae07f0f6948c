"""Converts the objects of the services to bytes and back, with pickle.

Parts of this process, such as threads and connections, are not saved.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import threading
import types
import weakref
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from botocore.client import BaseClient
from moto.core.base_backend import BaseBackend
from moto.kms.utils import ec, rsa, serialization  # the modules of cryptography
from moto.s3.models import FakeKey

from local_cloud.context import Cloud
from local_cloud.persistence.object_files import ObjectFiles
from local_cloud.persistence.restricted_pickles import RestrictedUnpickler, check_class

# Service, account and region of a back end.
Place = tuple[str, str, str]

# pickle has an operation for this function, which calls `__new__` of the class.
_NEW: Callable[..., Any] = copyreg.__newobj__  # type: ignore[attr-defined]  # not in the stubs
_LOCK, _RLOCK = type(threading.Lock()), type(threading.RLock())


def dumps(root: object, cloud: Cloud, places: Mapping[int, Place], objects: ObjectFiles) -> bytes:
    """Return the bytes of an object. `places` are the back ends, by `id`."""
    buffer = io.BytesIO()
    _Pickler(buffer, cloud, places, objects).dump(root)
    return buffer.getvalue()


def loads(
    content: bytes, cloud: Cloud, backend: Callable[[Place], BaseBackend], objects: ObjectFiles
) -> Any:
    """Return the object. `backend` returns the back end at a place.

    Raises `NotSaved`, and other errors of pickle for invalid bytes.
    """
    return _Unpickler(io.BytesIO(content), cloud, backend, objects).load()


class _Pickler(pickle.Pickler):
    def __init__(
        self, file: io.BytesIO, cloud: Cloud, places: Mapping[int, Place], objects: ObjectFiles
    ) -> None:
        super().__init__(file, protocol=5)
        self._state = cloud.state.resolve()
        self._places = places
        self._objects = objects

    def persistent_id(self, found: Any) -> Any:
        """Name the objects that a new server creates itself."""
        if isinstance(found, BaseBackend):
            return ("backend", *self._places[id(found)])
        if isinstance(found, Cloud):
            return ("cloud", found.region)
        if isinstance(found, _File):
            return ("object", found.name)
        if isinstance(found, Path) and found.is_relative_to(self._state):
            return ("state", str(found.relative_to(self._state)))
        return None

    def reducer_override(self, found: Any) -> Any:
        """Replace the objects that pickle cannot save. Raises `NotSaved` for a foreign class."""
        if isinstance(found, type):
            check_class(found.__module__, found.__qualname__)
            return NotImplemented
        if isinstance(found, FakeKey):
            return _NEW, (type(found),), self._version_state(found)
        if isinstance(found, dict) and type(found).__module__.startswith("moto."):
            state = dict(found), vars(found), getattr(found, "default_factory", None)
            return _NEW, (type(found),), state, None, None, _fill_mapping
        if isinstance(found, _LOCK):
            return _lock, ()
        if isinstance(found, _RLOCK):
            return _reentrant_lock, ()
        if isinstance(found, threading.Event):
            return _event, (found.is_set(),)
        if isinstance(found, threading.Condition):
            return _condition, ()
        if isinstance(found, (threading.Thread, BaseClient)):
            return _nothing, ()
        if isinstance(found, types.FunctionType) and found.__qualname__ in _DEFAULTS:
            return _default, (found.__qualname__,)
        if isinstance(found, types.MethodType):
            return _method, (found.__self__, found.__name__)
        if isinstance(found, weakref.WeakValueDictionary):
            return _weak_values, (dict(found),)
        if isinstance(found, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
            return _private_key, (_key_bytes(found),)
        return NotImplemented

    def _version_state(self, version: FakeKey) -> dict[str, Any]:
        """Return what moto's `__setstate__` expects, with a file in place of the bytes."""
        value = _File(self._objects.write(version))
        state = {**vars(version), "value": value}
        del state["_value_buffer"], state["lock"]
        return state


@dataclass(frozen=True)
class _File:
    """The file with the bytes of an object. They are loaded in its place."""

    name: str


class _Unpickler(RestrictedUnpickler):
    def __init__(
        self,
        file: io.BytesIO,
        cloud: Cloud,
        backend: Callable[[Place], BaseBackend],
        objects: ObjectFiles,
    ) -> None:
        super().__init__(file)
        self._cloud = cloud
        self._backend = backend
        self._objects = objects

    def persistent_load(self, name: Any) -> Any:
        """Return the object of this server."""
        kind, *rest = name
        if kind == "backend":
            return self._backend(tuple(rest))
        if kind == "cloud":
            return replace(self._cloud, region=rest[0])
        if kind == "object":
            return self._objects.read(rest[0])
        return self._cloud.state.resolve() / rest[0]


def _default(name: str) -> Any:
    return _DEFAULTS[name]


def _fill_mapping(mapping: Any, state: tuple[dict[Any, Any], dict[str, Any], Any]) -> None:
    """Fill a subclass of `dict` without its methods: to add an item may have another effect."""
    items, attributes, default_factory = state
    dict.update(mapping, items)
    vars(mapping).update(attributes)
    if default_factory is not None:
        mapping.default_factory = default_factory


def _lock() -> Any:
    return threading.Lock()


def _reentrant_lock() -> Any:
    return threading.RLock()


def _condition() -> Any:
    return threading.Condition()


def _event(is_set: bool) -> threading.Event:
    event = threading.Event()
    if is_set:
        event.set()
    return event


def _nothing() -> None:
    """Replace a part of the previous process."""


def _method(owner: Any, name: str) -> Any:
    return getattr(owner, name)


def _weak_values(values: dict[str, Any]) -> weakref.WeakValueDictionary[str, Any]:
    return weakref.WeakValueDictionary(values)


def _key_bytes(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))


def _private_key(content: bytes) -> Any:
    return serialization.load_der_private_key(content, None)


def _mapping_of_mappings() -> Any:
    return defaultdict(dict)


# The functions within moto's functions that create the default values of mappings.
_DEFAULTS = {
    "LambdaStorage.__init__.<locals>.<lambda>": dict,
    "SimpleSystemManagerBackend.__init__.<locals>.<lambda>": _mapping_of_mappings,
}
