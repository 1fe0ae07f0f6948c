"""References in a template, and the creation order that they require."""

from __future__ import annotations

import pytest

from local_cloud.cloudformation.template import (
    CircularTemplate,
    creation_order,
    dependencies,
    unresolved,
)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"A": {"Ref": "X"}}, {"X"}),
        ({"A": {"Fn::GetAtt": ["X", "Arn"]}}, {"X"}),
        ({"A": {"Fn::GetAtt": "X.Arn"}}, {"X"}),
        ({"A": {"Fn::Sub": "arn:${X.Arn}/${Y}/${!Z}"}}, {"X", "Y"}),
        ({"A": {"Fn::Sub": ["${V}/${X}", {"V": {"Ref": "W"}}]}}, {"X", "W"}),
        ({"A": [{"B": {"Fn::Join": ["", ["a", {"Ref": "X"}]]}}]}, {"X"}),
        ({"A": "plain"}, set()),
    ],
)
def test_references_are_dependencies(properties, expected):
    assert dependencies({"Properties": properties}) == expected


def test_depends_on_may_be_one_name_or_several():
    assert dependencies({"DependsOn": "X"}) == {"X"}
    assert dependencies({"DependsOn": ["X", "Y"]}) == {"X", "Y"}


def test_a_resource_follows_its_dependencies():
    order = creation_order(
        {
            "Last": {"Type": "T", "Properties": {"A": {"Ref": "Middle"}}},
            "Middle": {"Type": "T", "DependsOn": "First"},
            "First": {"Type": "T", "Properties": {"P": {"Ref": "AWS::Region"}}},
        }
    )
    assert order == ["First", "Middle", "Last"]


def test_a_circular_dependency_is_reported():
    circle = {"A": {"Type": "T", "DependsOn": "B"}, "B": {"Type": "T", "DependsOn": "A"}}
    with pytest.raises(CircularTemplate, match="A|B"):
        creation_order(circle)


def test_unresolved_functions_are_found():
    assert unresolved({"a": [{"Fn::GetAtt": ["X", "Y"]}], "b": "c"}) == ["Fn::GetAtt"]
    assert unresolved({"Ref": "X", "other": 1}) == []
