"""Handlers that the tests run behind the front, by an untouched runtime client."""

import base64
import json
import os
import sys
import time


def echo(event, context):
    """The event and what the runtime client says of the invocation, as a proxy answer."""
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({
            "event": event,
            "request": context.aws_request_id,
            "arn": context.invoked_function_arn,
            "left": context.get_remaining_time_in_millis(),
            "handler": os.environ["_HANDLER"],
            "name": context.function_name,
            "memory": context.memory_limit_in_mb,
            "pid": os.getpid(),
        }),
    }


def plain(event, context):
    """The event itself, as `Invoke` answers it."""
    return event


def by_path(event, context):
    """Answers by the path, to try each form of an answer and each way to fail."""
    path = event.get("rawPath") or event.get("path") or "/" + event.get("do", "")
    query = event.get("queryStringParameters") or {}
    what = path.rsplit("/", 1)[-1]
    if what == "raise":
        raise ValueError("no such order")
    if what == "exit":
        os._exit(3)
    if what == "sleep":
        time.sleep(float(query.get("seconds", "30")))
    if what == "large":
        return {"statusCode": 200, "body": "x" * (7 * 1024 * 1024)}
    if what == "binary":
        sent = base64.b64decode(event["body"]) if event["isBase64Encoded"] else (event["body"] or "").encode()
        return {
            "statusCode": 200,
            "isBase64Encoded": True,
            "headers": {"content-type": "application/octet-stream"},
            "body": base64.b64encode(bytes(reversed(sent))).decode(),
        }
    if what == "cookies":
        return {"statusCode": 201, "cookies": ["a=1; Secure", "b=2"], "headers": {"X-Number": 7}, "body": "made"}
    if what == "several":
        return {
            "statusCode": 200,
            "headers": {"x-one": "a", "set-cookie": "lost=1"},
            "multiValueHeaders": {"set-cookie": ["a=1", "b=2"], "x-two": ["c", "d"]},
            "body": "several",
        }
    if what == "cases":
        return {
            "statusCode": 200,
            "headers": {"Set-Cookie": "a=1", "set-cookie": "b=2", "SET-COOKIE": "c=3", "x-one": "a", "X-One": "b"},
            "body": "cases",
        }
    if what == "inferred":
        return {"greeting": "hello"}
    if what == "text":
        return "hello"
    if what == "malformed":
        return {"statusCode": 200, "body": {"no": "text"}}
    if what == "print":
        print("a line of the handler")
        sys.stderr.write("another line\n")
    return {"statusCode": 200, "body": what}


def messages(event, context):
    """Notes each message of a batch in the file of `NOTES`, and fails those whose body says so."""
    failures, bodies = [], []
    for record in event["Records"]:
        bodies.append(record["body"])
        if "poison" in record["body"]:
            failures.append({"itemIdentifier": record["messageId"]})
        elif "slow" in record["body"]:
            time.sleep(2.4)
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps({
            "bodies": bodies,
            "groups": [record["attributes"].get("MessageGroupId") for record in event["Records"]],
            "counts": [record["attributes"]["ApproximateReceiveCount"] for record in event["Records"]],
            "record": event["Records"][0],
            "pid": os.getpid(),
        }) + "\n")
    if any("raise" in body for body in bodies):
        raise RuntimeError("a batch that fails as a whole")
    return {"batchItemFailures": failures}


def scheduled(event, context):
    """Fails as often as the file of `NOTES` has fewer than `SUCCEED_AT` lines."""
    with open(os.environ["NOTES"], "a+") as notes:
        notes.write(json.dumps({"event": event, "request": context.aws_request_id}) + "\n")
        notes.seek(0)
        attempts = len(notes.readlines())
    if attempts < int(os.environ["SUCCEED_AT"]):
        raise RuntimeError(f"attempt {attempts} fails")
    return {"attempts": attempts}
