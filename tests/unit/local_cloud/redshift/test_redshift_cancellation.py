"""A cancelled connection stops, even when the interrupt comes a moment too early."""

from __future__ import annotations

import threading

import pytest

from local_cloud.redshift.cancellation import Cancellation
from local_cloud.redshift.errors import StatementFailed


def test_an_interrupt_is_repeated_until_the_query_stops():
    heard = []
    stopped = threading.Event()

    def interrupt():
        heard.append(1)
        if len(heard) == 3:
            stopped.set()

    cancellation = Cancellation(interrupt)
    with cancellation.interruptible():
        cancellation.cancel()
        assert stopped.wait(5)
    cancellation.end()

    with pytest.raises(StatementFailed, match="cancelled on user's request"):
        cancellation.check()


def test_nothing_is_interrupted_outside_a_query():
    heard = []
    cancellation = Cancellation(lambda: heard.append(1))
    cancellation.cancel()
    cancellation.end()

    assert heard == []
    with pytest.raises(StatementFailed), cancellation.interruptible():
        pytest.fail("a cancelled connection must not start a query")
