"""Two commands of the AWS CLI, for scripts that call it against a test server: `aws SERVICE OPERATION --option VALUE…`.

The SDK that the CLI stands on makes the call; options are its parameters, lists and structures come as JSON, a list of one also
bare. `--query` is asked by the library that the CLI asks; as text come a row for each list, and `None` for nothing."""

import json
import sys

import boto3
import jmespath


def value(text, shape):
    if text[:1] in "[{":
        return json.loads(text)
    return [text] if shape.type_name == "list" else text


def word(one):
    return "None" if one is None else str(one)


def rows(answer):
    if not isinstance(answer, list):
        return [word(answer)]
    return ["\t".join(map(word, row)) if isinstance(row, list) else word(row) for row in answer]


def main():
    service, operation, *words = sys.argv[1:]
    options = dict(zip(words[::2], words[1::2]))
    region, query, output = (options.pop(name, None) for name in ("--region", "--query", "--output"))
    client = boto3.client(service, region_name=region)
    method = operation.replace("-", "_")
    shapes = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    names = {name: "".join(part.title() for part in name[2:].split("-")) for name in options}
    members = shapes.members if shapes else {}
    parameters = {names[name]: value(text, members[names[name]]) for name, text in options.items()}
    answer = getattr(client, method)(**parameters)
    answer.pop("ResponseMetadata", None)
    answer = jmespath.search(query, answer) if query else answer
    print("\n".join(rows(answer)) if output == "text" else json.dumps(answer, default=str))


main()
