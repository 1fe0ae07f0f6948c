"""Declared feature groups: the limits of AWS, and changes that AWS does not allow.

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateFeatureGroup.html
"""

import json

import pytest

from pipeline_code.compiler.errors import FeatureGroupError
from pipeline_code.feature_groups import locked_feature_groups, read_feature_groups
from pipeline_code.feature_groups.command import lock

FEATURES = {"venueid": "Integral", "changed": "String", "seats": "Fractional"}
VENUES = {
    "description": "Venues",
    "record_identifier": "venueid",
    "event_time": "changed",
    "features": FEATURES,
    "tags": {"author": "data-science", "source": "tickit.venue", "version": "1"},
    "online": True,
    "offline": True,
    "glue_table": True,
    "ttl": None,
}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "shop"
    made.mkdir()
    (made / "pipeline.py").touch()
    return made


def declare(folder, name="venues", **changes):
    declared = VENUES | changes
    given = {key: value for key, value in declared.items() if value != "left out"}
    (folder / "feature_groups.json").write_text(json.dumps({name: given}))


def locked(folder):
    return lock(folder.name, root=folder.parent)


def test_a_folder_without_declarations_has_no_groups(folder):
    assert locked_feature_groups(folder) == []


def test_a_locked_group_is_returned(folder, capsys):
    declare(folder, ttl={"Days": 30})
    assert locked(folder) == 0
    assert capsys.readouterr().out == "shop/feature_groups.lock: venues\n"
    (group,) = locked_feature_groups(folder)
    assert (group.name, group.features, group.ttl) == ("venues", FEATURES, {"Days": 30})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ttl": "left out"}, "give each of description,"),
        ({"colour": "red"}, "has colour, description"),
        ({"online": "yes"}, "online is 'yes': allowed is true or false"),
        ({"stream": 1}, "stream is 1: allowed is true or false"),
        ({"description": "x" * 129}, "description has 129 characters: at most 128"),
        ({"record_identifier": "id"}, "record_identifier is 'id': allowed are the features"),
        ({"features": FEATURES | {"write_time": "String"}}, "write_time has a name that AWS"),
        ({"features": FEATURES | {"Seats": "String"}}, "'Seats' must have 1 to 64 lower-case"),
        ({"features": FEATURES | {"a_b": "String"}}, "'a_b' must have 1 to 64 lower-case"),
        ({"features": FEATURES | {"day": "Date"}}, "'day' has the type 'Date': allowed are String"),
        ({"features": FEATURES | {"changed": "Integral"}}, "the event time has the type Integral"),
        (
            {"features": FEATURES | {f"f{i}": "String" for i in range(2500)}},
            "features has 2503 entries: allowed are 1 to 2500",
        ),
        ({"online": False, "offline": False, "glue_table": False}, "set at least one to true"),
        ({"offline": False}, "glue_table is true without offline"),
        ({"glue_table": "Venues"}, "glue_table is 'Venues': a name has 1 to 64 lower-case letters"),
        ({"glue_table": "a", "offline": False}, 'glue_table is "a" without offline'),
        ({"glue_table": 1}, "glue_table is 1: allowed is true, false or the name of a table"),
        ({"ttl": {"Months": 1}}, "allowed is one of Seconds, Minutes"),
        ({"ttl": {"Days": 0}}, "with an integer from 1"),
        ({"ttl": {}}, "allowed is one of Seconds"),
        ({"ttl": {"Days": 1}, "online": False}, "ttl is for records of the online store"),
        ({"tags": {"author": "me"}}, "tags has no source, version"),
        ({"tags": VENUES["tags"] | {"x": 1}}, "the tag 'x' must be a text"),
        ({"tags": VENUES["tags"] | {"x": "a, b"}}, "the tag 'x' is 'a, b': AWS allows letters"),
        ({"name": "x" * 41}, "the name must have 1 to 40"),
    ],
)
def test_what_aws_does_not_accept_is_refused(folder, changes, said):
    declare(folder, **changes)
    with pytest.raises(FeatureGroupError, match=r"shop/feature_groups\.json, ") as refusal:
        read_feature_groups(folder)
    assert said in str(refusal.value)


def test_a_file_that_is_not_json_is_refused(folder):
    (folder / "feature_groups.json").write_text("{")
    with pytest.raises(FeatureGroupError, match=r"shop/feature_groups\.json is not JSON"):
        read_feature_groups(folder)
    (folder / "feature_groups.json").write_text("[]")
    with pytest.raises(FeatureGroupError, match="one object for each group"):
        read_feature_groups(folder)


def test_a_group_that_is_not_locked_is_refused_with_the_command(folder):
    declare(folder)
    with pytest.raises(FeatureGroupError, match="python -m pipeline_code feature-groups shop"):
        locked_feature_groups(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"description": "Other"}, "description was 'Venues' and is 'Other'"),
        ({"tags": VENUES["tags"] | {"version": "2"}}, "tags was "),
        ({"online": False}, "online was True and is False"),
        ({"record_identifier": "seats"}, "record_identifier was 'venueid' and is 'seats'"),
        ({"features": FEATURES | {"seats": "Integral"}}, "the feature seats was Fractional"),
        ({"features": {"venueid": "Integral", "changed": "String"}}, "seats was Fractional and is"),
        ({"features": {"city": "String"} | FEATURES}, "features were added before others"),
        ({"features": dict(reversed(FEATURES.items()))}, "the features have another order"),
    ],
)
def test_a_change_that_aws_does_not_allow_is_refused_with_the_options(folder, changes, said):
    declare(folder)
    locked(folder)
    declare(folder, **changes)
    for refused in (lambda: locked_feature_groups(folder), lambda: locked(folder)):
        with pytest.raises(FeatureGroupError, match="A feature group is immutable") as refusal:
            refused()
        assert said in str(refusal.value)
        assert "declare a new group, for example with -v2" in str(refusal.value)


def test_features_can_be_added_and_the_ttl_changed(folder):
    declare(folder)
    locked(folder)
    added = FEATURES | {"city": "String"}
    declare(folder, features=added, ttl={"Weeks": 1})
    with pytest.raises(FeatureGroupError, match="does not contain the groups"):
        locked_feature_groups(folder)
    locked(folder)
    (group,) = locked_feature_groups(folder)
    assert (list(group.features), group.ttl) == (list(added), {"Weeks": 1})


def test_a_stream_can_be_added_and_removed(folder):
    declare(folder)
    locked(folder)
    declare(folder, stream=True)
    with pytest.raises(FeatureGroupError, match="does not contain the groups"):
        locked_feature_groups(folder)
    locked(folder)
    assert [group.stream for group in locked_feature_groups(folder)] == [True]
    declare(folder)
    locked(folder)
    assert "stream" not in (folder / "feature_groups.lock").read_text()


def test_another_group_can_replace_one(folder):
    declare(folder)
    locked(folder)
    declare(folder, name="venues-v2", features={"venueid": "String", "changed": "String"})
    locked(folder)
    assert [group.name for group in locked_feature_groups(folder)] == ["venues-v2"]
