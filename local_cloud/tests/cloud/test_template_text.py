"""Templates in JSON and in YAML with the short forms of intrinsic functions."""

from __future__ import annotations

import json

import pytest
from moto.cloudformation.models import Stack

from local_cloud.cloudformation.template_text import parse_template

YAML = """
Conditions:
  Named: !Not [!Equals [!Ref Name, ""]]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !If [Named, !Ref Name, !Sub "queue-${AWS::Region}"]
      DelaySeconds: 3
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !GetAtt Queue.QueueName, Enabled: yes}
"""


def test_yaml_is_read_as_moto_reads_it():
    assert parse_template(YAML) == Stack.parse_template(YAML)
    name = {"Fn::GetAtt": ["Queue", "QueueName"]}
    assert parse_template(YAML)["Resources"]["Topic"]["Properties"]["TopicName"] == name


def test_json_is_read_as_json():
    assert parse_template('{"Resources": {"A": {"Type": "T", "Day": "2008-01-01"}}}') == {
        "Resources": {"A": {"Type": "T", "Day": "2008-01-01"}}
    }


def test_other_text_is_invalid_json():
    with pytest.raises(json.JSONDecodeError):
        parse_template("{Resources: [")
