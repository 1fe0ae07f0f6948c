"""A cancelled connection stops, even if the interrupt is sent before the query has started."""

from __future__ import annotations

import threading

import pytest

from local_cloud.redshift.cancellation import Cancellation
from local_cloud.redshift.statement_errors import StatementFailed


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


def test_a_cancellation_after_the_start_of_a_commit_has_no_effect():
    cancellation = Cancellation(lambda: None)
    cancellation.begin()
    cancellation.commit()

    assert cancellation.cancel() is False
    cancellation.check()

    cancellation.begin()
    assert cancellation.cancel() is True
    with pytest.raises(StatementFailed, match="cancelled on user's request"):
        cancellation.commit()
    cancellation.end()


def test_the_first_reason_is_what_is_said():
    cancellation = Cancellation(lambda: None)
    cancellation.cancel("FATAL: terminating connection")
    cancellation.cancel()
    cancellation.end()
    with (
        pytest.raises(StatementFailed, match="terminating connection"),
        cancellation.interruptible(),
    ):
        pytest.fail("a cancelled connection must not start a query")


def test_an_interrupted_query_fails_for_the_reason_of_its_cancellation():
    cancellation = Cancellation(lambda: None)
    with pytest.raises(StatementFailed, match="terminating"), cancellation.interruptible():
        cancellation.cancel("FATAL: terminating connection")
        cancellation.end()
        raise StatementFailed("ERROR: Query cancelled on user's request")
