"""A small Cloudflare of our own on a free loopback port, below /client/v4. Says `{"port": …, "version": …}` when it listens.

Nobody else's implementation can be run, so this one is held to a contract that was written from Cloudflare's public API
reference (contract.json): a request that the contract does not know is refused, and an answer that breaks it is a 500.

Commands: `fill` puts a state in place of the old one; it answers nothing. Its tokens say which paths each may read."""

import fnmatch
import http.server
import json
import pathlib
import re
import sys
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))

import jsonschema

import lines

CONTRACT = json.loads((pathlib.Path(__file__).parent / "contract.json").read_text())
ROOT = "/client/v4"
state = {"accounts": [], "zones": [], "tokens": {}, "page": 50}


def pattern(path):
    return re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")


PATHS = [(pattern(path), rules) for path, rules in CONTRACT["paths"].items()]


class Refused(Exception):
    def __init__(self, status, code, message):
        self.status, self.body = status, envelope(None, [{"code": code, "message": message}])


def envelope(result, errors=()):
    return {"success": not errors, "errors": list(errors), "messages": [], "result": result}


def of(things, key, value, status, code, message):
    for thing in things:
        if thing[key] == value:
            return thing
    raise Refused(status, code, message)


def account_of(names):
    return of(state["accounts"], "id", names["account"], 404, 7003, "Could not route to the account")


def zone_of(names):
    return of(state["zones"], "id", names["zone"], 404, 7003, "Could not route to the zone")


def script_of(names):
    return of(account_of(names)["workers"], "id", names["script"], 404, 10007, "This Worker does not exist")


def without(thing, *keys):
    return {key: value for key, value in thing.items() if key not in keys}


def result(path, names, query):
    match path.rsplit("/", 1)[-1]:
        case "accounts":
            return [without(account, "workers", "domains") for account in state["accounts"]]
        case "zones":
            wanted = query.get("account.id")
            zones = [zone for zone in state["zones"] if wanted in (None, zone["account"]["id"])]
            return [without(zone, "records", "routes") for zone in zones]
        case "dns_records":
            return zone_of(names)["records"]
        case "routes":
            return zone_of(names)["routes"]
        case "scripts":
            return [without(worker, "settings", "schedules") for worker in account_of(names)["workers"]]
        case "settings":
            return script_of(names)["settings"]
        case "schedules":
            return {"schedules": script_of(names)["schedules"]}
        case "domains":
            return account_of(names)["domains"]
    raise Refused(404, 7000, "No route for that URI")


def answer(path, query, authorization):
    token = state["tokens"].get(authorization.removeprefix("Bearer "))
    if token is None:
        raise Refused(401, 1000, "Invalid API Token")
    found = next(((rules, match.groupdict()) for regex, rules in PATHS if (match := regex.match(path))), None)
    if found is None:
        raise Refused(404, 7000, "No route for that URI")
    rules, names = found
    if not any(fnmatch.fnmatchcase(path, allowed) for allowed in token):
        raise Refused(403, 10000, "Authentication error")
    for name in query:
        if name not in rules["query"]:
            raise Refused(400, 6003, f"The contract has no parameter {name}")
    body = envelope(result(path, names, query))
    if rules.get("pages"):
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 20)), state["page"])
        if not 1 <= size <= rules["query"]["per_page"]:
            raise Refused(400, 6003, "per_page is out of bounds")
        whole = body["result"]
        body["result"] = whole[(page - 1) * size : page * size]
        body["result_info"] = {
            "page": page,
            "per_page": size,
            "count": len(body["result"]),
            "total_count": len(whole),
            "total_pages": -(-len(whole) // size),
        }
        check(body["result_info"], CONTRACT["$defs"]["paged"])
    check(body["result"], rules["result"])
    return body


def check(value, schema):
    jsonschema.validate(value, {"$defs": CONTRACT["$defs"], **schema})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        try:
            path = url.path.removeprefix(ROOT)
            status, body = 200, answer(path, query, self.headers.get("Authorization", ""))
        except Refused as refused:
            status, body = refused.status, refused.body
        except jsonschema.ValidationError as error:
            status, body = 500, envelope(None, [{"code": 99999, "message": f"breaks the contract: {error.message}"}])
        check(body, CONTRACT["$defs"]["envelope"])
        self.reply(status, json.dumps(body).encode())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse_to_write(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.reply(405, json.dumps(envelope(None, [{"code": 10405, "message": "nothing here writes"}])).encode())

    do_POST = do_PUT = do_PATCH = do_DELETE = refuse_to_write

    def log_message(self, *_):
        pass


def fill(command):
    state.clear()
    state.update(command["state"])


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    lines.listen({"fill": fill})
    lines.say({"port": server.server_port, "version": "contract.json"})
    threading.Thread(target=server.serve_forever, daemon=False).start()


main()
