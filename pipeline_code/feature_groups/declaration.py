"""Reads and checks feature_groups.json.

The limits are those of the service, and of CloudFormation for names:
https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-featuregroup.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from pipeline_code.compiler.errors import FeatureGroupError
from pipeline_code.runtime.feature_declaration import FILE

TYPES = ("String", "Integral", "Fractional")
UNITS = ("Seconds", "Minutes", "Hours", "Days", "Weeks")
RESERVED = ("is_deleted", "write_time", "api_invocation_time")
REQUIRED_TAGS = ("author", "source", "version")
MAX_GROUPS, MAX_FEATURES, MAX_DESCRIPTION, MAX_TAGS = 100, 2500, 128, 50
# The pattern of CloudFormation, in lower case: Glue and Athena have columns in lower case. In AWS,
# the prefix redline-<environment>- is part of the 64 characters of the name of a group.
_NAME = re.compile(r"(?=.{1,64}$)[a-z0-9](-*[a-z0-9])*")
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
_TAG = re.compile(r"[\w .:/=+@-]*")
_TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_GROUP_NAME = re.compile(r"(?=.{1,40}$)[a-z0-9](-*[a-z0-9])*")


@dataclass(frozen=True, kw_only=True)
class FeatureGroup:
    """A feature group. `features` is name -> type; `ttl` is unit -> number, such as {"Days": 30}.

    `glue_table`: the offline store has a table in the data catalogue. A text is the name of the
    table in the database of the environment's groups; with true the service names it. `stream`:
    the messages of a queue are written into the group.
    """

    name: str
    description: str
    record_identifier: str
    event_time: str
    features: Mapping[str, str]
    tags: Mapping[str, str]
    online: bool
    offline: bool
    glue_table: bool | str
    ttl: Mapping[str, int] | None
    stream: bool = False

    def to_document(self) -> dict[str, Any]:
        """Return the entry of feature_groups.json."""
        document = {name: value for name, value in asdict(self).items() if name != "name"}
        return document if self.stream else {n: v for n, v in document.items() if n not in OPTIONAL}


OPTIONAL = ("stream",)
_MEMBERS = tuple(
    field.name for field in fields(FeatureGroup) if field.name not in ("name", *OPTIONAL)
)


def read_feature_groups(folder: Path) -> list[FeatureGroup]:
    """Return the groups of the pipeline in `folder`; empty without the file.

    Raises FeatureGroupError with all errors.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FeatureGroupError(f"{folder.name}/{FILE} is not JSON: {error}") from error
    return groups_of(document, f"{folder.name}/{FILE}")


def groups_of(document: Any, source: str) -> list[FeatureGroup]:
    """Return the groups of a document, which is named `source` in errors."""
    if not isinstance(document, dict) or not all(isinstance(g, dict) for g in document.values()):
        raise FeatureGroupError(f"{source}: expected an object with one object for each group")
    found = [f"{name}: {text}" for name, given in document.items() for text in _members(given)]
    groups = [] if found else [FeatureGroup(name=name, **g) for name, g in document.items()]
    found += [f"{group.name}: {text}" for group in groups for text in _findings(group)]
    if len(document) > MAX_GROUPS:
        found.append(f"{len(document)} groups; AWS allows {MAX_GROUPS} in an account")
    if found:
        raise FeatureGroupError("\n".join(f"{source}, {text}" for text in found))
    return groups


def _members(given: Mapping[str, Any]) -> Iterator[str]:
    if set(given) - set(OPTIONAL) != set(_MEMBERS):
        yield (
            f"has {', '.join(sorted(given))}; give each of {', '.join(sorted(_MEMBERS))} once, and "
            f"{', '.join(OPTIONAL)} if you need it"
        )
        return
    for names, kind, text in (
        (("description", "record_identifier", "event_time"), str, "a text"),
        (("features", "tags"), dict, "an object"),
        (("online", "offline", *OPTIONAL), bool, "true or false"),
        (("glue_table",), bool | str, "true, false or the name of a table"),
        (("ttl",), dict | None, 'an object such as {"Days": 30}, or null'),
    ):
        for name in names:
            if name in given and not isinstance(given[name], kind):
                yield f"{name} is {given[name]!r}: allowed is {text}"


def _findings(group: FeatureGroup) -> Iterator[str]:
    if not _GROUP_NAME.fullmatch(group.name):
        yield "the name must have 1 to 40 lower-case letters, digits and single hyphens"
    if len(group.description) > MAX_DESCRIPTION:
        yield f"description has {len(group.description)} characters: at most {MAX_DESCRIPTION}"
    yield from _feature_findings(group)
    yield from _store_findings(group)
    yield from _tag_findings(group.tags)


def _feature_findings(group: FeatureGroup) -> Iterator[str]:
    if not 1 <= len(group.features) <= MAX_FEATURES:
        yield f"features has {len(group.features)} entries: allowed are 1 to {MAX_FEATURES}"
    for name, kind in group.features.items():
        if name in RESERVED:
            yield f"the feature {name} has a name that AWS reserves: rename it"
        elif not _NAME.fullmatch(name):
            yield (
                f"the feature {name!r:.80} must have 1 to 64 lower-case letters, digits and hyphens"
            )
        if kind not in TYPES:
            yield f"the feature {name!r:.80} has the type {kind!r}: allowed are {', '.join(TYPES)}"
    for member in ("record_identifier", "event_time"):
        name = getattr(group, member)
        if name not in group.features:
            yield f"{member} is {name!r}: allowed are the features {', '.join(group.features)}"
    if group.features.get(group.event_time) == "Integral":
        yield "the event time has the type Integral: allowed are String and Fractional"


def _store_findings(group: FeatureGroup) -> Iterator[str]:
    if not (group.online or group.offline):
        yield "online and offline are false: set at least one to true"
    if group.glue_table and not group.offline:
        yield f"glue_table is {json.dumps(group.glue_table)} without offline: set it to false"
    if isinstance(group.glue_table, str) and not _TABLE_NAME.fullmatch(group.glue_table):
        yield (
            f"glue_table is {group.glue_table!r:.80}: a name has 1 to 64 lower-case letters, "
            "digits and underscores, and begins with a letter"
        )
    if group.ttl is None:
        return
    if not group.online:
        yield "ttl is for records of the online store: set it to null, or online to true"
    (unit, value), *more = [*group.ttl.items(), *([("", 0)] if not group.ttl else [])]
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if more or unit not in UNITS or not is_number:
        yield (
            f"ttl is {dict(group.ttl)}: allowed is one of {', '.join(UNITS)} with an integer from 1"
        )


def _tag_findings(tags: Mapping[str, Any]) -> Iterator[str]:
    missing = [name for name in REQUIRED_TAGS if not tags.get(name)]
    if missing:
        yield f"tags has no {', '.join(missing)}: add it, so that the group can be traced"
    if len(tags) > MAX_TAGS:
        yield f"tags has {len(tags)} entries: at most {MAX_TAGS}"
    for key, value in tags.items():
        if not isinstance(value, str) or not 1 <= len(key) <= 128 or len(value) > 256:
            yield (
                f"the tag {key!r:.80} must be a text of at most 256 characters, with a key of 1 to "
                "128 characters"
            )
        elif not _TAG.fullmatch(key + value):
            yield (
                f"the tag {key!r:.80} is {value!r:.80}: AWS allows letters, digits, spaces and "
                "_ . : / = + - @"
            )
