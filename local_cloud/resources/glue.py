"""AWS::Glue: databases and tables of the data catalogue, and crawlers."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.context import ACCOUNT_ID
from local_cloud.resources.base import Properties, ServiceResource


class GlueResource(ServiceResource):
    """Base class of the resources in the data catalogue. Only crawlers have tags."""

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


class Crawler(GlueResource):
    """AWS::Glue::Crawler; Ref returns the name."""

    TYPE = "AWS::Glue::Crawler"
    _GIVEN = (
        *("Role", "DatabaseName", "Description", "Targets", "TablePrefix", "Classifiers"),
        *("SchemaChangePolicy", "RecrawlPolicy", "Configuration", "LakeFormationConfiguration"),
    )
    PROPERTIES = frozenset({"Name", "Schedule", "Tags", *_GIVEN})
    MUTABLE = PROPERTIES - {"Name"}

    def create(self) -> None:
        """Call CreateCrawler."""
        name = self.properties.get("Name", self.name)
        self.glue.create_crawler(Name=name, Tags=self._tags, **self._members())
        self.physical_resource_id = name

    def update(self, before: Self) -> None:
        """Call UpdateCrawler, and change the tags."""
        name = self.physical_resource_id
        # A member without a value is removed: UpdateCrawler keeps one that is not given.
        removed = dict.fromkeys(("Description", "TablePrefix", "Schedule", "Configuration"), "")
        self.glue.update_crawler(Name=name, **{**removed, **self._members()})
        arn = f"arn:aws:glue:{self.region}:{ACCOUNT_ID}:crawler/{name}"
        if removed_tags := sorted(before._tags.keys() - self._tags.keys()):
            self.glue.untag_resource(ResourceArn=arn, TagsToRemove=removed_tags)
        self.glue.tag_resource(ResourceArn=arn, TagsToAdd=self._tags)

    def remove(self) -> None:
        """Call DeleteCrawler. Its tables remain."""
        self.glue.delete_crawler(Name=self.physical_resource_id)

    @property
    def _tags(self) -> dict[str, str]:
        """The tags, which this type has as an object."""
        tags: dict[str, str] = self.properties.get("Tags", {})
        return tags

    def _members(self) -> Properties:
        schedule = self.properties.get("Schedule") or {}
        return {
            **self.given(*self._GIVEN),
            **({"Schedule": schedule["ScheduleExpression"]} if schedule else {}),
        }


def _renamed(described: str, before: Properties, after: Properties) -> bool:
    return bool(before[described].get("Name") != after[described].get("Name"))
