"""A terminal with a program in it: a pseudo-terminal of the kernel, and pyte as the screen that a person would see.

Speaks one JSON document a line on standard input and output; ends with its input, and takes the program with it.
"""

import codecs
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
from importlib.metadata import version

import pyte

MODES = {b"1049": "alternate", b"25": "cursor", b"2004": "paste", b"1000": "mouse"}


class Terminal:
    """One program, and what its terminal shows."""

    def __init__(self):
        self.lock = threading.Lock()
        self.pid = None
        self.master = None
        self.code = None
        self.modes = {"alternate": False, "cursor": True, "paste": False, "mouse": False}
        self.copied = []
        self.read = 0

    def open(self, command, env, folder, columns, rows):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.tail = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(command[0], command, env)
        self.size(columns, rows)
        threading.Thread(target=self.follow, daemon=True).start()

    def size(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def follow(self):
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            if not data:
                break
            with self.lock:
                self.read += len(data)
                self.watch(data)
                self.stream.feed(self.decoder.decode(data))
        _, status = os.waitpid(self.pid, 0)
        with self.lock:
            self.code = os.waitstatus_to_exitcode(status)

    def watch(self, data):
        """Takes note of what pyte does not keep: the other screen, pasting, the mouse, the clipboard."""
        seen = self.tail + data
        for mode, switch in re.findall(rb"\x1b\[\?(\d+)([hl])", seen):
            if mode in MODES:
                self.modes[MODES[mode]] = switch == b"h"
        self.copied += [text.decode() for text in re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", seen)]
        # A sequence may come in two parts.
        at = seen.rfind(b"\x1b")
        self.tail = seen[at:] if at >= 0 and len(seen) - at < 20 and not re.search(rb"[hl\x07]", seen[at:]) else b""

    def told(self):
        with self.lock:
            flags = None
            if self.code is None:
                local = termios.tcgetattr(self.master)[3]
                flags = {"echo": bool(local & termios.ECHO), "lines": bool(local & termios.ICANON)}
            return {
                "lines": [line.rstrip() for line in self.screen.display],
                "code": self.code,
                "modes": self.modes,
                "flags": flags,
                "copied": self.copied,
                "read": self.read,
                "pid": self.pid,
            }

    def do(self, command):
        what = command["do"]
        if what == "open":
            self.open(command["command"], command["env"], command["folder"], command["columns"], command["rows"])
        elif what == "send":
            data = command["text"].encode()
            while data:
                select.select([], [self.master], [], 5)
                data = data[os.write(self.master, data):]
        elif what == "resize":
            with self.lock:
                self.screen.resize(command["rows"], command["columns"])
                self.size(command["columns"], command["rows"])
        elif what == "signal":
            os.kill(self.pid, getattr(signal, "SIG" + command["name"]))
        elif what != "told":
            raise ValueError(f"no such command: {what}")
        return self.told()

    def end(self):
        if self.pid and self.code is None:
            os.kill(self.pid, signal.SIGKILL)


def main():
    terminal = Terminal()
    print(json.dumps({"port": 0, "version": version("pyte")}), flush=True)
    for line in sys.stdin:
        try:
            answer = {"ok": terminal.do(json.loads(line))}
        except Exception as error:  # Whatever it is, the test says it.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    terminal.end()


main()
