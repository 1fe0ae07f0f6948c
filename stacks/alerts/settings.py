"""The budget of an environment."""

from __future__ import annotations

from stacks.common.settings_class import settings
from stacks.common.validation import require_between


@settings("budget.")
class Budget:
    """The monthly costs of an environment that are expected.

    AWS Budgets sends e-mails to `alert_emails` at 50, 80 and 100 percent, and if the forecast
    exceeds 100 percent ([cost.md](cost.md#a-budget)).
    """

    monthly_usd: int
    """1 to 1,000,000 US dollars per calendar month."""

    def __post_init__(self) -> None:
        require_between("budget.monthly_usd", self.monthly_usd, 1, 1_000_000)
