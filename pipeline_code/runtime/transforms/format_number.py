"""Changes the scale of numbers, without a fit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline_code.runtime.flows.columns import Numbers
from pipeline_code.runtime.flows.numbers import NumberTransform

_NUMBER_OPERATIONS: Mapping[str, Callable[[Numbers], Numbers]] = {
    "round": np.round,
    "floor": np.floor,
    "ceil": np.ceil,
    "absolute": np.abs,
    "sign": np.sign,
    "square": np.square,
    "square_root": lambda numbers: np.sqrt(np.where(numbers < 0, np.nan, numbers)),
    # ln(1 + x), which is defined for 0.
    "log1p": lambda numbers: np.log1p(np.where(numbers <= -1, np.nan, numbers)),
}


@dataclass(frozen=True)
class FormatNumber(NumberTransform):
    """Multiplies numbers by `factor` and applies an operation.

    `digits` are the digits after the point for `round`. A number for which the operation is not
    defined becomes missing.
    """

    operation: str = "round"
    digits: int = 0
    factor: float = 1.0

    def check(self) -> None:
        """Raise SettingError for an unknown operation, or digits of another one."""
        self.require_choice("operation", self.operation, list(_NUMBER_OPERATIONS))
        if self.digits and self.operation != "round":
            raise self.refused(f"digits is {self.digits}: only the operation 'round' uses it")

    def changed(self, name: str, numbers: Numbers) -> Numbers:
        """Change the numbers."""
        if self.operation == "round":
            return np.round(numbers * self.factor, self.digits)
        return _NUMBER_OPERATIONS[self.operation](numbers * self.factor)
