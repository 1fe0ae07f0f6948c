"""What the modules of this package have in common."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
RowFunction = Callable[[Numbers], Numbers]
# Returns the function of a part of an estimator, or None if it has none.
CompilePart = Callable[[Any], RowFunction | None]
