"""Which fault a call meets: rules in order, the first that matches and fires."""

import fnmatch
import random

# What goes together with a fault that spoils the answer.
GENTLE = ("pages", "delay", "health")


class Rule:
    """One line of the script. See `Rule` in the testbed's fault_proxy.rs for what each key means."""

    def __init__(self, line):
        self.match = line["match"]
        self.fault = line["fault"]
        self.nth = line.get("nth")
        self.left = line.get("times")
        self.probability = line.get("probability")
        self.random = random.Random(line.get("seed", 0))
        self.seen = 0

    def fires(self, call):
        """Counts the call if it matches, and says whether the fault is due."""
        if self.left == 0 or not self.matches(call):
            return False
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        if self.probability is not None and self.random.random() >= self.probability:
            return False
        if self.left is not None:
            self.left -= 1
        return True

    def matches(self, call):
        for key in ("method", "service", "action", "region", "access_key"):
            if self.match.get(key) is not None and self.match[key] != call[key]:
                return False
        if self.match.get("path") is not None and not fnmatch.fnmatchcase(call["path"], self.match["path"]):
            return False
        if self.match.get("with_token") is not None and self.match["with_token"] != call["with_token"]:
            return False
        return True


class Script:
    """The rules in force, the outages that last, and what was called."""

    def __init__(self):
        self.rules = []
        self.outages = {}
        self.calls = []

    def set(self, command):
        self.rules = [Rule(line) for line in command["rules"]]

    def begin(self, command):
        # A new dict: calls are matched in another thread.
        self.outages = self.outages | {command["name"]: [Rule(line) for line in command["rules"]]}

    def end(self, command):
        self.outages = {name: rules for name, rules in self.outages.items() if name != command["name"]}

    def clear(self, _):
        self.calls = []

    def log(self, _):
        return self.calls

    def count(self, command):
        rule = Rule(command["rules"][0])
        return sum(rule.matches(call) for call in list(self.calls))

    def faults(self, call):
        """The faults that this call meets, outages first: pages, delays and rewritten health go together with one that spoils
        the answer."""
        due, spoiled = [], False
        for rule in [rule for rules in self.outages.values() for rule in rules] + self.rules:
            gentle = rule.fault["kind"] in GENTLE
            if (gentle or not spoiled) and rule.fires(call):
                due.append(rule.fault)
                spoiled = spoiled or not gentle
        return due
