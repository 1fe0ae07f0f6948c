"""AWS::Budgets: budgets of costs. Nothing costs anything here, so no budget is ever exceeded."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import Properties, ServiceResource, UnsupportedProperty

_MEMBERS = frozenset(
    {"BudgetLimit", "BudgetName", "BudgetType", "FilterExpression", "Metrics", "TimeUnit"}
)


class Budget(ServiceResource):
    """AWS::Budgets::Budget; Ref returns the name. Notifications cannot change.

    ResourceTags are passed to CreateBudget. No operation that the laptop cloud answers shows them.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-budgets-budget.html
    """

    TYPE = "AWS::Budgets::Budget"
    PROPERTIES = frozenset({"Budget", "NotificationsWithSubscribers", "ResourceTags"})
    MUTABLE = frozenset({"Budget", "ResourceTags"})

    @classmethod
    def check(cls, properties: Properties) -> None:
        """Raise `UnsupportedProperty` also for budgets that do not limit costs by tags."""
        super().check(properties)
        budget = properties["Budget"]
        unknown = sorted(set(budget) - _MEMBERS)
        if unknown or budget.get("BudgetType") != "COST":
            raise UnsupportedProperty(
                f"the laptop cloud does not support {', '.join(unknown) or 'this BudgetType'} of "
                f"{cls.TYPE}; supported: BudgetType COST with {', '.join(sorted(_MEMBERS))}"
            )

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Return whether the notifications or the name change."""
        names = [each["Budget"].get("BudgetName") for each in (before, after)]
        return names[0] != names[1] or super().must_be_replaced(before, after)

    def create(self) -> None:
        """Call CreateBudget."""
        self.physical_resource_id = self.properties["Budget"].get("BudgetName", self.name)
        self._create()

    def update(self, before: Self) -> None:
        """Call DeleteBudget and CreateBudget: moto has no UpdateBudget."""
        self.remove()
        self._create()

    def remove(self) -> None:
        """Call DeleteBudget."""
        self._budgets.delete_budget(AccountId=self._account, BudgetName=self.physical_resource_id)

    def _create(self) -> None:
        budget = self.properties["Budget"]
        limit = {**budget["BudgetLimit"], "Amount": str(budget["BudgetLimit"]["Amount"])}
        name = self.physical_resource_id
        self._budgets.create_budget(
            AccountId=self._account,
            Budget={**budget, "BudgetName": name, "BudgetLimit": limit},
            NotificationsWithSubscribers=self.properties.get("NotificationsWithSubscribers", []),
            ResourceTags=self.properties.get("ResourceTags", []),
        )

    @property
    def _budgets(self) -> Any:
        return self.service("budgets")

    @property
    def _account(self) -> str:
        return self.stack_id.split(":")[4]
