"""The functions and classes of moto that are replaced: these tests fail if moto changes them."""

from __future__ import annotations

import inspect

import moto
import pytest
from moto.awslambda import models as lambda_models
from moto.cloudformation import models as cloudformation_models
from moto.cloudformation.parsing import ResourceMap
from moto.cloudwatch.models import CloudWatchBackend
from moto.core import utils as moto_utils
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.loaders import create_loader
from moto.core.responses import BaseResponse
from moto.core.routing import ServiceOperationRouter
from moto.core.utils import get_service_model
from moto.ec2.models import availability_zones_and_regions, instance_types
from moto.events import models as events_models
from moto.iam.models import IAMBackend
from moto.moto_server.werkzeug_app import create_backend_app
from moto.redshift.models import RedshiftBackend
from moto.s3.models import FakeBucket, S3Backend
from moto.sns.models import SNSBackend
from moto.sqs.models import SQSBackend

from local_cloud.api_gate.supported_operations import supported_operations

SEAMS = [
    (BaseResponse.call_action, "self"),
    (ResourceMap.load_mapping, "self"),
    (ResourceMap.load_parameters, "self"),
    (ResourceMap.load_conditions, "self"),
    (create_backend_app, "service"),
    (ServiceOperationRouter.match, "self, request"),
    (get_service_model, "service_name"),
    (FakeBucket.get_permission, None),
    (IAMBackend._init_aws_policies, "self"),
    (S3Backend.log_incoming_request, None),
    (SQSBackend.set_queue_attributes, None),
    (RedshiftBackend.describe_cluster_parameters, None),
    (SNSBackend.publish, None),
    (CloudWatchBackend.put_metric_alarm, None),
    (CloudWatchBackend.put_metric_data, "self, namespace, metric_data"),
    (CloudWatchBackend.set_alarm_state, "self, alarm_name, reason, reason_data, state_value"),
    (lambda_models.LambdaFunction.invoke, "self, body, request_headers, response_headers"),
    (events_models.Rule.send_to_targets, "self, original_event, transform_input"),
    (cloudformation_models.Stack._create_resource_map, "self"),
    (cloudformation_models.Stack.parse_template, "template"),
    (cloudformation_models.ChangeSet._parse_template, "self"),
    (create_loader, ""),
    (cloudformation_models.CloudFormationBackend.execute_change_set, None),
    (ActionAuthenticatorMixin._authenticate_and_authorize_normal_action, "self, resource"),
]


def test_the_version_of_moto_is_the_checked_one():
    assert moto.__version__ == "5.2.5"


@pytest.mark.parametrize(
    ("seam", "parameters"), SEAMS, ids=lambda value: getattr(value, "__qualname__", "parameters")
)
def test_a_replaced_function_has_the_same_parameters(seam, parameters):
    assert callable(seam)
    if parameters is not None:
        assert ", ".join(inspect.signature(seam).parameters) == parameters


def test_models_are_loaded_with_the_global_name_of_the_loader():
    assert "= create_loader()" in inspect.getsource(moto_utils._load_service_model)


def test_ec2_reads_instance_types_and_regions_at_its_import():
    modules = (instance_types, availability_zones_and_regions)
    types, regions = map(inspect.getsource, modules)
    assert 'load_resource("ec2/resources/instance_types.json")' in types
    assert 'offerings_path = "resources/instance_type_offerings"' in types
    assert "from boto3 import Session" in regions
    assert 'in Session().get_available_regions("ec2")' in regions


def test_no_operation_of_instances_is_supported():
    """A server reads no instance types (`ec2_import.py`)."""
    assert not [name for name in supported_operations("ec2") if "Instance" in name]


def test_backends_create_the_models_by_their_global_names():
    assert "LambdaFunction(" in inspect.getsource(lambda_models.LambdaBackend.create_function)
    assert "= Rule(" in inspect.getsource(events_models.EventsBackend.put_rule)
    assert "= Stack(" in inspect.getsource(
        cloudformation_models.CloudFormationBackend.create_change_set
    )


def test_s3_checks_permissions_in_each_handler():
    from moto.s3.responses import S3Response

    for name in ("_key_response_get", "_key_response_put", "_bucket_response_get"):
        source = inspect.getsource(getattr(S3Response, name))
        assert "_authenticate_and_authorize_s3_action" in source
