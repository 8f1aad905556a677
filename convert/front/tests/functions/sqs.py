"""Makes queues and looks at them. `sqs.py make NAME [VISIBILITY MAX_RECEIVES]`, `send URL`, `count URL`, `bodies URL`; what is
sent comes as one JSON document in the arguments."""

import json
import sys

import boto3
from botocore.config import Config

sqs = boto3.client("sqs", config=Config(retries={"max_attempts": 5, "mode": "standard"}))


def make(name, visibility="30", receives="2"):
    fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
    dead = sqs.create_queue(QueueName="dead-" + name, Attributes=fifo)["QueueUrl"]
    target = arn(dead)
    policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": int(receives)})
    attributes = {"VisibilityTimeout": visibility, "RedrivePolicy": policy} | fifo
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return {"url": url, "arn": arn(url), "dead": dead}


def arn(url):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def send(url, messages):
    for number, message in enumerate(json.loads(messages)):
        more = {}
        if "group" in message:
            more = {"MessageGroupId": message["group"], "MessageDeduplicationId": f"{number}-{message['body']}"}
        if "attributes" in message:
            more["MessageAttributes"] = message["attributes"]
        sqs.send_message(QueueUrl=url, MessageBody=message["body"], **more)


def count(url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return [int(found[name]) for name in names]


def bodies(url):
    found = []
    while True:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not messages:
            return sorted(found)
        for message in messages:
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
