"""Each mistake is reported before deployment: what, where, the value, and what is allowed."""

from __future__ import annotations

import pytest

from tests.user_errors.planted import PLANTED
from tests.user_errors.reports import message_of


@pytest.mark.parametrize(
    "planted", PLANTED, ids=[f"{each.area}: {each.mistake}" for each in PLANTED]
)
def test_it_is_reported(planted, tmp_path):
    message = message_of(planted, tmp_path)
    assert message, "the mistake is not found"
    rest = message
    for part in planted.message:
        assert part in rest, message
        rest = rest.partition(part)[2]


def test_there_are_forty():
    assert len(PLANTED) >= 40
