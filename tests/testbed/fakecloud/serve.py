"""fakecloud's server on a free loopback port. usage: serve.py PROGRAM. Says `{"port": …, "version": …}` when it answers. It
takes any credentials and has no commands."""

import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
import lines


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def greet(port, version):
    for _ in range(900):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return lines.say({"port": port, "version": version})
    os._exit(1)


def main():
    program, port = sys.argv[1], free_port()
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    # By default it would listen on every interface. It ends with this process, however that ends.
    server = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", program, "--addr", f"127.0.0.1:{port}", "--region", "eu-central-1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        # It would say every request twice.
        env=os.environ | {"RUST_LOG": "error", "FAKECLOUD_LOG": "error"},
    )
    lines.listen({})
    threading.Thread(target=greet, args=[port, version], daemon=True).start()
    os._exit(server.wait())


main()
