"""The conversation of a server with the test that started it: one JSON document a line, in on standard input, out on
standard output. The server ends when its standard input closes, so that nothing outlives the test run."""

import json
import os
import sys
import threading
import traceback

# Taken now: a server whose program prints may send its own standard output elsewhere.
OUTPUT = sys.stdout


def say(document):
    """Writes one answer."""
    OUTPUT.write(json.dumps(document) + "\n")
    OUTPUT.flush()


def listen(commands):
    """Answers each line `{"do": NAME, …}` by `commands[NAME](line)`, in a thread of its own. An error is an answer."""

    def loop():
        for line in sys.stdin:
            try:
                command = json.loads(line)
                say({"ok": commands[command["do"]](command)})
            except Exception:  # whatever it was, the test has to see it
                say({"error": traceback.format_exc()})
        os._exit(0)

    threading.Thread(target=loop, daemon=True).start()
