"""The Condition element: the cases of the IAM User Guide and related ones."""

from __future__ import annotations

import pytest

from local_cloud.authorization.policy import read_policy
from local_cloud.authorization.policy_conditions import UnknownOperator, holds

CALL = {
    "aws:userid": ("AROAEXAMPLE:job",),
    "aws:principaltag/team": ("yellow",),
    "aws:securetransport": ("true",),
    "aws:sourcearn": ("arn:aws:events:us-east-1:123456789012:rule/nightly",),
    "aws:sourceip": ("203.0.113.7",),
    "aws:currenttime": ("2026-03-01T12:00:00Z",),
    "aws:tagkeys": ("Team", "Stage"),
    "s3:prefix": ("home/a*b/",),
    "s3:max-keys": ("10",),
}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # one operator of each family, and its negation
        ({"StringEquals": {"aws:PrincipalTag/Team": "yellow"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/Team": "Yellow"}}, False),
        ({"StringEqualsIgnoreCase": {"aws:PrincipalTag/Team": "Yellow"}}, True),
        ({"StringNotEquals": {"aws:PrincipalTag/Team": "yellow"}}, False),
        ({"StringNotEquals": {"aws:PrincipalTag/Team": ["red", "blue"]}}, True),
        ({"StringNotEquals": {"aws:PrincipalTag/Team": ["red", "yellow"]}}, False),
        ({"StringNotEqualsIgnoreCase": {"aws:PrincipalTag/Team": "YELLOW"}}, False),
        ({"StringLike": {"s3:prefix": ["out/*", "home/*"]}}, True),
        ({"StringLike": {"s3:prefix": "home/?"}}, False),
        ({"StringNotLike": {"s3:prefix": "home/*"}}, False),
        ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, True),
        ({"NumericLessThan": {"s3:max-keys": 10}}, False),
        ({"NumericGreaterThan": {"s3:max-keys": "9.5"}}, True),
        ({"NumericGreaterThanEquals": {"s3:max-keys": "11"}}, False),
        ({"NumericEquals": {"s3:max-keys": "10.0"}}, True),
        ({"NumericNotEquals": {"s3:max-keys": "10"}}, False),
        ({"NumericEquals": {"s3:prefix": "10"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, False),
        ({"DateEquals": {"aws:CurrentTime": "1772366400"}}, True),
        ({"DateNotEquals": {"aws:CurrentTime": "2026-03-01T13:00:00+01:00"}}, False),
        ({"DateGreaterThanEquals": {"aws:CurrentTime": "2026-03-01T12:00:00Z"}}, True),
        ({"DateLessThanEquals": {"aws:CurrentTime": "2026-03-01T11:59:59Z"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": False}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}, False),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"BinaryEquals": {"aws:PrincipalTag/Team": "QmluYXJ5"}}, False),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:events:*:123456789012:rule/*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:*:rule/n?ghtly"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:*:rule/nightly"}}, False),
        ({"ArnNotLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}}, False),
        ({"ArnNotEquals": {"aws:SourceArn": "arn:aws:events:*:*:rule/weekly"}}, True),
        ({"ArnLike": {"aws:PrincipalTag/Team": "arn:aws:iam::*:role/*"}}, False),
        # all operators and keys must hold; one of several values is enough
        ({"Bool": {"aws:SecureTransport": "true", "aws:absent": "true"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": "x"}}, False),
        # a condition key that the call does not have
        ({"StringEquals": {"aws:absent": "x"}}, False),
        ({"StringNotEquals": {"aws:absent": "x"}}, True),
        ({"ArnNotLike": {"aws:absent": "arn:aws:iam::*:role/*"}}, True),
        ({"StringEqualsIfExists": {"aws:absent": "x"}}, True),
        ({"StringEqualsIfExists": {"aws:PrincipalTag/Team": "x"}}, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"Null": {"aws:absent": "true"}}, True),
        ({"Null": {"aws:absent": False}}, False),
        ({"Null": {"aws:userid": "false"}}, True),
        # keys with several values
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Stage", "x"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}, False),
        ({"ForAllValues:StringEquals": {"aws:absent": ["Team"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["Team", "x"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["x"]}}, False),
        ({"ForAnyValue:StringEquals": {"aws:absent": ["Team"]}}, False),
        ({"ForAnyValue:StringLikeIfExists": {"aws:absent": ["T*"]}}, True),
        # variables; their values are not wildcards
        ({"StringEquals": {"aws:userid": "${aws:userid}"}}, True),
        ({"StringLike": {"aws:userid": "*:${aws:PrincipalTag/team}"}}, False),
        ({"StringLike": {"aws:userid": "${aws:UserId}"}}, True),
        ({"StringLike": {"s3:prefix": "home/a${*}b/"}}, True),
        ({"StringLike": {"aws:userid": "AROAEXAMPLE:${*}"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/Team": "${aws:absent, 'yellow'}"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/Team": "${aws:absent}"}}, False),
        ({"StringNotEquals": {"aws:PrincipalTag/Team": "${aws:absent}"}}, True),
    ],
    ids=str,
)
def test_conditions(condition, expected):
    assert holds(condition, CALL) is expected


def test_the_value_of_a_variable_is_not_a_wildcard():
    context = {"aws:username": ("*",), "s3:prefix": ("home/anybody/",)}
    assert not holds({"StringLike": {"s3:prefix": "home/${aws:username}/"}}, context)


def test_binary_values_are_compared_decoded():
    assert holds({"BinaryEquals": {"k": "QUI="}}, {"k": ("QUI=",)})


def test_an_operator_that_iam_does_not_have_is_refused_by_name():
    statement = {"Effect": "Allow", "Action": "*", "Condition": {"StringIs": {"a": "b"}}}
    with pytest.raises(UnknownOperator, match="'StringIs' is not a condition operator"):
        read_policy("p", {"Statement": statement})
