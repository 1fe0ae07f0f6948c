"""Gives bytes to Arrow's readers in memory of Arrow's own."""

import pyarrow as pa


def arrow_file(content: bytes) -> pa.BufferReader:
    """Return a file with a copy of `content` that belongs to Arrow.

    The threads of a reader release their part of the memory a moment after the reader returns. For
    memory of Python they need the interpreter's lock, and a process that ends in this moment is
    aborted ("terminate called without an active exception"):
    https://github.com/apache/arrow/issues/49942
    """
    buffer = pa.allocate_buffer(len(content))
    pa.FixedSizeBufferWriter(buffer).write(content)
    return pa.BufferReader(buffer)
