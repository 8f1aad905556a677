"""A handler that answers from its event and its context, as handlers do."""
import json
import os


def handler(event, context):
    http = event["requestContext"]["http"]
    return {
        "statusCode": 201,
        "headers": {"content-type": "application/json", "x-function": context.function_name},
        "cookies": ["seen=1", "kind=" + os.environ["KIND"]],
        "body": json.dumps({
            "path": event["rawPath"], "query": event["rawQueryString"], "method": http["method"], "route": event["routeKey"],
            "id": event.get("pathParameters", {}).get("id"), "cookies": event.get("cookies"), "body": event.get("body"),
            "encoded": event["isBase64Encoded"], "memory": context.memory_limit_in_mb,
        }),
    }
