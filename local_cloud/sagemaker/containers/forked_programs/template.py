"""Loads the packages of the images once, and forks a process for each program of a container.

usage: python3 FOLDER forked_programs.template SOCKET

`container_init.py` connects from inside the namespaces of a container. The fork enters these
namespaces and becomes a child of the container's first process. The connection is closed without
a response if the program needs a new process.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from .loaded_modules import LoadedModules, files_of_modules
from .program import PACKAGES, Program

_LOADED = (
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "xgboost",
    "boto3",
)
_STREAMS = 3
# From linux/sched.h.
_NAMESPACES = {"user": 0x10000000, "mnt": 0x00020000, "pid": 0x20000000, "net": 0x40000000}
_PEER = struct.Struct("3i")
# pandas imports more modules of pyarrow than pyarrow itself.
_IMPORT_PANDAS = ("pandas", "sklearn", "xgboost")
_OWN = "forked_programs"


def main() -> int:
    """Load the packages, and listen. Returns only in a fork, after its program."""
    modules = LoadedModules(Path(sys.prefix, PACKAGES).read_text().split())
    _load(modules)
    distributions = _distributions(modules.packages)
    # The first entry of the path is the folder of this package.
    files = files_of_modules(sys.path[1:])

    connection = _connection_of_fork(sys.argv[2])
    streams, request = _receive(connection)
    program = Program(**request)
    _enter_namespaces(connection)
    if not program.can_run(files, distributions):
        return 0
    _become_child_of_init()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    program.enter()
    import_module("numpy.random").seed()
    modules.hide()
    for name in [name for name in sys.modules if name.partition(".")[0] == _OWN]:
        del sys.modules[name]
    connection.sendall(str(os.getpid()).encode())
    connection.close()
    program.run()
    return 0


def _load(modules: LoadedModules) -> None:
    """Load the packages. `import pyarrow` alone then binds the attributes that it usually does."""
    arrow = import_module("pyarrow")
    own = frozenset(vars(arrow))
    for name in _LOADED:
        import_module(name)
    modules.collect()
    others = {name: value for name, value in vars(arrow).items() if name not in own}
    for name in others:
        delattr(arrow, name)
    for name in _IMPORT_PANDAS:
        modules.after_import[name] = lambda: vars(arrow).update(others)
    # loky sets it to the main module, which is this one.
    sys.modules.pop("__mp_main__", None)


def _distributions(packages: Iterable[str]) -> frozenset[str]:
    found = metadata.packages_distributions()
    names = {name for package in packages for name in found.get(package, [])}
    return frozenset(name.lower().replace("_", "-") for name in names)


def _connection_of_fork(path: str) -> socket.socket:
    """Fork for each connection; return it in the fork."""
    # The kernel removes forks that have ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # The garbage collection of a fork does not copy the pages of the modules.
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                return connection
            connection.close()


def _receive(connection: socket.socket) -> tuple[list[int], dict[str, Any]]:
    _, streams, _, _ = socket.recv_fds(connection, 1, _STREAMS)
    with connection.makefile("rb") as file:
        return streams, json.load(file)


def _enter_namespaces(connection: socket.socket) -> None:
    """Enter the namespaces of the process at the other end, where they are others than here."""
    options = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    peer, _, _ = _PEER.unpack(options)
    other = 0
    for name, flag in _NAMESPACES.items():
        if Path(f"/proc/self/ns/{name}").readlink() != Path(f"/proc/{peer}/ns/{name}").readlink():
            other |= flag
    process = os.pidfd_open(peer)
    if ctypes.CDLL(None, use_errno=True).setns(process, other):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(process)


def _become_child_of_init() -> None:
    """Continue in a new process of the PID namespace, whose parent is the first process there.

    A process that is the child of one outside would get another parent outside. Its child in the
    namespace gets the first process of the namespace as its parent.
    """
    _continue_in_child(lambda child: os.waitpid(child, 0))
    _continue_in_child(lambda child: None)
    os.setsid()
    while os.getppid() != 1:
        time.sleep(0.001)


def _continue_in_child(before_end: Callable[[int], object]) -> None:
    if child := os.fork():
        before_end(child)
        os._exit(0)
