"""Two commands of the AWS CLI, for scripts that call it against a test server: `aws SERVICE OPERATION --option VALUE…`.

The SDK that the CLI stands on makes the call; options are its parameters, lists and structures come as JSON. Of `--query`
it knows the name of one field."""

import json
import sys

import boto3


def value(text):
    return json.loads(text) if text[:1] in "[{" else text


def main():
    service, operation, *words = sys.argv[1:]
    options = dict(zip(words[::2], words[1::2]))
    region, query, _ = (options.pop(name, None) for name in ("--region", "--query", "--output"))
    parameters = {"".join(word.title() for word in name[2:].split("-")): value(text) for name, text in options.items()}
    answer = getattr(boto3.client(service, region_name=region), operation.replace("-", "_"))(**parameters)
    answer.pop("ResponseMetadata", None)
    print(answer[query] if query else json.dumps(answer))


main()
