"""ministack's server on a free loopback port. Says `{"port": …, "version": …}` when it answers. It takes any credentials
and has no commands."""

import importlib.metadata
import os
import pathlib
import socket
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
import lines

# ministack prints what it does; standard output is for the conversation with the test.
sys.stdout = sys.stderr


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def greet(port):
    for _ in range(900):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=5).read()
        except OSError:
            time.sleep(0.1)
        else:
            return lines.say({"port": port, "version": importlib.metadata.version("ministack")})
    os._exit(1)


def main():
    port = free_port()
    # By default it would listen on every interface, and keep what it has in a folder of its own.
    os.environ.update(BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port), MINISTACK_HOST="127.0.0.1", PERSIST_STATE="0")
    sys.argv = ["ministack"]
    from ministack.app import main as serve

    lines.listen({})
    threading.Thread(target=greet, args=[port], daemon=True).start()
    serve()


main()
