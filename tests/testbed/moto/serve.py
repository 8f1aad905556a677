"""moto's server on a free loopback port. Says `{"port": …, "version": …}` when it listens.

Commands: `account` gives credentials that belong to an account of one's own; nothing that is made with them is seen
from another account."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
# moto's scheduler and its EC2 types would otherwise look for credentials of the machine.
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-central-1")

import boto3
import moto
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

import lines


class Handler(MotoRequestHandler):
    """Keeps connections open, as AWS does, and keeps quiet."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_request(self, *_):
        pass


def main():
    server = make_server(
        "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Handler
    )
    server.daemon_threads = True
    endpoint = f"http://127.0.0.1:{server.port}"

    def account(command):
        sts = boto3.client("sts", endpoint_url=endpoint)
        role = f"arn:aws:iam::{command['id']}:role/test"
        return sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"] | {"Expiration": None}

    lines.listen({"account": account})
    lines.say({"port": server.port, "version": moto.__version__})
    server.serve_forever()


main()
