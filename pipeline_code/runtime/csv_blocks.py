"""Divides a CSV file into blocks of whole records, which fit in memory."""

from collections.abc import Iterator
from typing import IO

from pipeline_code.runtime.job_errors import DataError

BLOCK_BYTES = 2**23
# A record is in one block. A quote that is not closed makes the rest of the file one record.
MOST_RECORD_BYTES = 2**27


def blocks(file: IO[bytes], *, source: str) -> Iterator[bytes]:
    """Yield the bytes of the file, each block ending with the end of a record or of the file.

    Raises DataError for a longer record than 128 MiB.
    """
    rest = b""
    while block := file.read(BLOCK_BYTES):
        content = rest + block
        end = _end_of_records(content)
        if end:
            yield content[:end]
        rest = content[end:]
        if len(rest) > MOST_RECORD_BYTES:
            raise DataError(
                f"{source}: a record of more than {MOST_RECORD_BYTES} bytes: is a quote not closed?"
            )
    if rest:
        yield rest


def _end_of_records(content: bytes) -> int:
    """The position after the last line end that is not within quotes, or 0.

    The content begins with a record, so the number of quotes before such a line end is even.
    """
    end = len(content)
    while (found := content.rfind(b"\n", 0, end)) >= 0:
        if content.count(b'"', 0, found) % 2 == 0:
            return found + 1
        # The line end is within quotes, as are all after the quote that begins the field.
        end = content.rfind(b'"', 0, found)
    return 0
