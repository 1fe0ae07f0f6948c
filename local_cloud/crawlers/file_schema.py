"""The columns and the format of files, and the merge of those of several files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from local_cloud.crawlers.errors import unsupported
from local_cloud.lake_tables.storage_formats import StorageFormat, crawled_json

_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double")
# Source: https://repost.aws/knowledge-center/glue-crawler-detect-schema
_SIMILAR = 0.7
# Quotation marks in some files do not make another table.
_QUOTED = "areColumnsQuoted"


@dataclass(frozen=True)
class FileSchema:
    """`columns` is name -> Hive type. `parameters` are those of the table for this format."""

    classification: str
    columns: Mapping[str, str]
    storage: StorageFormat
    compression: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    records: int = 0
    size: int = 0
    objects: int = 1

    def has_format_of(self, other: FileSchema) -> bool:
        """Return whether one table can read the files of both."""
        return self._format() == other._format()

    def is_similar_to(self, other: FileSchema) -> bool:
        """Return whether more than 70 percent of the columns of both are equal."""
        common = self.columns.keys() & other.columns.keys()
        return len(common) > _SIMILAR * len(self.columns.keys() | other.columns.keys())

    def _format(self) -> tuple[object, ...]:
        compared = {k: v for k, v in self.parameters.items() if k != _QUOTED}
        return self.classification, self.compression, self.storage.serde, compared


def merged(files: Sequence[FileSchema], place: str) -> FileSchema:
    """Return the schema of all files. Raises CrawlFailed if their formats differ."""
    first, *others = files
    if any(not first.has_format_of(other) for other in others):
        raise unsupported(f"{place} has files of different formats")
    columns: dict[str, str] = {}
    for each in files:
        for name, kind in each.columns.items():
            columns[name] = common_type(columns.get(name, kind), kind)
    quoted = max((each.parameters.get(_QUOTED, "") for each in files), default="")
    return replace(
        first,
        columns=columns,
        storage=_storage(files),
        parameters={**first.parameters, **({_QUOTED: quoted} if quoted else {})},
        records=sum(each.records for each in files),
        size=sum(each.size for each in files),
        objects=sum(each.objects for each in files),
    )


def _storage(files: Sequence[FileSchema]) -> StorageFormat:
    """Return the format of all files. That of JSON names the members of each object."""
    if files[0].classification != "json":
        return files[0].storage
    members = [name for each in files for name in each.storage.settings["paths"].split(",")]
    return crawled_json(dict.fromkeys(members))


def common_type(left: str, right: str) -> str:
    """Return the type that has the values of both types: the wider number, or else a text."""
    if left == right:
        return left
    if left in _NUMBERS and right in _NUMBERS:
        return max(left, right, key=_NUMBERS.index)
    return "string"
