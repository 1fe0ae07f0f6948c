"""Tests of all declared environments; they must not depend on names or numbers of pipelines.

They also run on the fixed environments, because these use every feature.
"""

from __future__ import annotations

import pytest

from stacks.environments import ENVIRONMENTS
from tests.application import environments
from tests.application.synthesised import synthesised
from tests.declared.environments import declared
from tests.synthesis import Synthesised

EVERY = {
    **{name: declared for name in ENVIRONMENTS},
    **{f"fixed {name}": synthesised for name in environments.ENVIRONMENTS},
}


@pytest.fixture(params=EVERY)
def environment(request) -> Synthesised:
    """Each environment: the user's environments and the fixed environments."""
    return EVERY[request.param](request.param.removeprefix("fixed "))
