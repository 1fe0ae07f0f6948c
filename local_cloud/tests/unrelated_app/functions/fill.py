import json
import os

import boto3


def handler(event, context):
    message = json.dumps({"from": event["source"]})
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=message)
