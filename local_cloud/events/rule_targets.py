"""Sends messages to the targets of rules: pipelines, functions, topics, queues, log groups."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.authorization import check_trust
from local_cloud.authorization.authorizer import require_service_permission
from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.resources.base import administrator_client

SERVICE = "events.amazonaws.com"

# `delivery` retries, so the client does not.
_ONCE = Config(retries={"total_max_attempts": 1})

Target = Mapping[str, Any]
Result = dict[str, str]


@dataclass(frozen=True)
class Message:
    """The message of a rule to one target. Retries of a delivery have the same `token`."""

    rule_arn: str
    text: str
    token: str


class UnsupportedTarget(LocalCloudError):
    """A rule has a target that the laptop cloud does not support."""


def check_target(target: Target) -> None:
    """Raise `UnsupportedTarget` for a target that the laptop cloud does not support."""
    service = _service(target["Arn"])
    if service not in _SENDERS:
        raise UnsupportedTarget(
            f"the laptop cloud does not support {target['Arn']} as a target of a rule; supported: "
            f"{', '.join(sorted(_SENDERS))}"
        )
    if service == "sagemaker" and "RoleArn" not in target:
        raise UnsupportedTarget(f"RoleArn is required for target {target['Arn']}")


def send(cloud: Cloud, target: Target, message: Message) -> Result:
    """Send the message to the target and return the response.

    Raises ClientError for an error of the service, BotoCoreError if there is no response,
    `NotAuthorized`, or `RoleNotAssumable`.
    """
    check_target(target)
    return _SENDERS[_service(target["Arn"])](cloud, target, message)


def send_message(
    cloud: Cloud, queue_arn: str, body: str, attributes: Mapping[str, str], *, rule_arn: str
) -> None:
    """Send to a queue. Raises `NotAuthorized` unless its policy allows this to EventBridge."""
    url = queue_url(cloud, queue_arn)
    require_service_permission(SERVICE, "sqs:SendMessage", queue_arn, source_arn=rule_arn)
    send_dead_letter(administrator_client(cloud, "sqs"), url, body, attributes)


def queue_url(cloud: Cloud, queue_arn: str) -> str:
    """Return the URL of a queue."""
    sqs = administrator_client(cloud, "sqs")
    return str(sqs.get_queue_url(QueueName=queue_arn.rpartition(":")[2])["QueueUrl"])


def send_dead_letter(sqs: Any, url: str, body: str, attributes: Mapping[str, str]) -> None:
    """Send a message whose attributes say why it was not delivered."""
    named = {name: {"DataType": "String", "StringValue": v} for name, v in attributes.items()}
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=named)


def start_pipeline(
    cloud: Cloud, target: Target, *, service: str, source_arn: str, token: str
) -> Result:
    """Call StartPipelineExecution with the role and the parameters of the target.

    `source_arn` is the rule or the group of schedules for which the service acts.
    """
    check_trust(target["RoleArn"], service, source_arn=source_arn)
    session = service.partition(".")[0]
    sagemaker = cloud.client("sagemaker", target["RoleArn"], session=session, config=_ONCE)
    given = target.get("SageMakerPipelineParameters", {}).get("PipelineParameterList", [])
    answer = sagemaker.start_pipeline_execution(
        PipelineName=target["Arn"].rpartition("/")[2],
        PipelineParameters=given,
        ClientRequestToken=token,
    )
    return {"PipelineExecutionArn": answer["PipelineExecutionArn"]}


def _start_for_rule(cloud: Cloud, target: Target, message: Message) -> Result:
    """Start the pipeline of a rule."""
    return start_pipeline(
        cloud, target, service=SERVICE, source_arn=message.rule_arn, token=message.token
    )


def _invoke_function(cloud: Cloud, target: Target, message: Message) -> Result:
    """Call Invoke with InvocationType Event."""
    arn = target["Arn"]
    require_service_permission(SERVICE, "lambda:InvokeFunction", arn, source_arn=message.rule_arn)
    administrator_client(cloud, "lambda").invoke(
        FunctionName=arn, InvocationType="Event", Payload=message.text
    )
    return {}


def publish_to_topic(
    cloud: Cloud,
    topic_arn: str,
    message: str,
    *,
    service: str = SERVICE,
    source_arn: str | None = None,
    **options: str,
) -> Result:
    """Publish to a topic. Raises `NotAuthorized` unless its policy allows this to the service.

    EventBridge sets neither aws:SourceArn nor aws:SourceAccount. `options` are passed to Publish.
    """
    sns = administrator_client(cloud, "sns")
    account = None if source_arn is None else ACCOUNT_ID
    require = partial(
        require_service_permission, service, source_arn=source_arn, source_account=account
    )
    require("sns:Publish", topic_arn)
    key = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"].get("KmsMasterKeyId")
    if key and not key.startswith("alias/aws/"):
        arn = key if key.startswith("arn:") else _key_arn(topic_arn, key)
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            require(action, arn)
    answer = sns.publish(TopicArn=topic_arn, Message=message, **options)
    return {"MessageId": answer["MessageId"]}


def _key_arn(topic_arn: str, key: str) -> str:
    arn_prefix = topic_arn.replace(":sns:", ":kms:").rpartition(":")[0]
    return f"{arn_prefix}:{key if key.startswith('alias/') else f'key/{key}'}"


def _publish(cloud: Cloud, target: Target, message: Message) -> Result:
    """Publish to a topic."""
    return publish_to_topic(cloud, target["Arn"], message.text)


def _queue(cloud: Cloud, target: Target, message: Message) -> Result:
    """Send to a queue."""
    send_message(cloud, target["Arn"], message.text, {}, rule_arn=message.rule_arn)
    return {}


def _log(cloud: Cloud, target: Target, message: Message) -> Result:
    """Call PutLogEvents with a new stream."""
    logs, stream = administrator_client(cloud, "logs"), str(uuid.uuid4())
    group = target["Arn"].split(":")[6]
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    event = {"timestamp": int(time.time() * 1000), "message": message.text}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    return {"LogStreamName": stream}


_SENDERS: Mapping[str, Callable[[Cloud, Target, Message], Result]] = {
    "lambda": _invoke_function,
    "logs": _log,
    "sagemaker": _start_for_rule,
    "sns": _publish,
    "sqs": _queue,
}


def _service(arn: str) -> str:
    return arn.split(":")[2]


def error_code(error: Exception) -> str:
    """Return the error code that EventBridge adds to an undelivered message."""
    if isinstance(error, ClientError):
        code: str = error.response["Error"]["Code"]
        return code
    return "SDK_CLIENT_ERROR" if isinstance(error, BotoCoreError) else "NO_PERMISSIONS"
