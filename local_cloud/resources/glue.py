"""AWS::Glue: databases and tables of the data catalogue."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import Properties, ServiceResource


class GlueResource(ServiceResource):
    """Base class of the resources in the data catalogue. They have no tags."""

    @property
    def glue(self) -> Any:
        """The client of Glue."""
        return self.service("glue")


class Database(GlueResource):
    """AWS::Glue::Database; Ref returns the name."""

    TYPE = "AWS::Glue::Database"
    PROPERTIES = frozenset({"CatalogId", "DatabaseInput"})
    MUTABLE = frozenset({"DatabaseInput"})

    def create(self) -> None:
        """Call CreateDatabase."""
        given = self.properties["DatabaseInput"]
        name = given.get("Name", self.name.lower())
        self.glue.create_database(DatabaseInput={**given, "Name": name}, **self.given("CatalogId"))
        self.physical_resource_id = name

    def update(self, before: Self) -> None:
        """Call UpdateDatabase."""
        name = self.physical_resource_id
        given = {**self.properties["DatabaseInput"], "Name": name}
        self.glue.update_database(Name=name, DatabaseInput=given, **self.given("CatalogId"))

    def remove(self) -> None:
        """Call DeleteDatabase."""
        self.glue.delete_database(Name=self.physical_resource_id, **self.given("CatalogId"))

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Return whether the name has changed."""
        renamed = _renamed("DatabaseInput", before, after)
        return renamed or super().must_be_replaced(before, after)


class Table(GlueResource):
    """AWS::Glue::Table; Ref returns the name."""

    TYPE = "AWS::Glue::Table"
    PROPERTIES = frozenset({"CatalogId", "DatabaseName", "TableInput"})
    MUTABLE = frozenset({"TableInput"})

    def create(self) -> None:
        """Call CreateTable."""
        given = self.properties["TableInput"]
        name = given.get("Name", self.name.lower())
        self.glue.create_table(TableInput={**given, "Name": name}, **self._database())
        self.physical_resource_id = name

    def update(self, before: Self) -> None:
        """Call UpdateTable."""
        given = {**self.properties["TableInput"], "Name": self.physical_resource_id}
        self.glue.update_table(TableInput=given, **self._database())

    def remove(self) -> None:
        """Call DeleteTable."""
        self.glue.delete_table(Name=self.physical_resource_id, **self._database())

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Return whether the name or the database has changed."""
        renamed = _renamed("TableInput", before, after)
        return renamed or super().must_be_replaced(before, after)

    def _database(self) -> Properties:
        return self.given("CatalogId", "DatabaseName")


def _renamed(described: str, before: Properties, after: Properties) -> bool:
    return bool(before[described].get("Name") != after[described].get("Name"))
