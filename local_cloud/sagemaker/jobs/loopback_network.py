"""Starts the loopback interface of a new network namespace, and waits for the end of its input.

The server starts this file as a script in the namespace, which lasts as long as this process and
the processes that enter it.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct

_SET_FLAGS = 0x8914  # SIOCSIFFLAGS, netdevice(7)
_UP_AND_RUNNING = 0x1 | 0x40  # IFF_UP | IFF_RUNNING


def main() -> None:
    """Print a line when the interface is up, then wait."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP_AND_RUNNING))
    print("up", flush=True)
    while os.read(0, 1):
        pass


if __name__ == "__main__":
    main()
