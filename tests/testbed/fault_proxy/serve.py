"""A proxy in front of any HTTP server that spoils calls by a script: throttled, refused, reset, late, never answered, cut
short, cut into pages, applied and never answered, or answered with another health of targets. Listens on a free loopback
port and says `{"port": …}`.

usage: serve.py UPSTREAM_URL. Commands: `script` (sets the rules), `begin` and `end` (of an outage), `calls` (the log),
`count` (the calls of the log that a rule matches), `forget` (empties the log)."""

import asyncio
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))

import aiohttp
from aiohttp import web

import aws
import lines
import rules

# Headers that belong to one connection, and those that no longer fit a body that was changed.
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "content-length", "content-encoding"}


class Proxy:
    def __init__(self, upstream):
        self.upstream = upstream.rstrip("/")
        self.script = rules.Script()
        self.session = None

    async def serve(self):
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120))
        runner = web.ServerRunner(web.Server(self.handle))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        script = self.script
        lines.listen(
            {"script": script.set, "begin": script.begin, "end": script.end}
            | {"calls": script.log, "count": script.count, "forget": script.clear}
        )
        lines.say({"port": site._server.sockets[0].getsockname()[1], "version": aiohttp.__version__})
        await asyncio.Event().wait()

    async def handle(self, request):
        body = await request.read()
        call = aws.describe(request.method, request.path, request.query_string, request.headers, body)
        faults = self.script.faults(call)
        call["faults"] = [fault["kind"] for fault in faults]
        call["status"] = None
        self.script.calls.append(call)
        answer = await self.answer(request, call, body, faults)
        call["status"] = answer.status
        return answer

    async def answer(self, request, call, body, faults):
        query, pages = request.query_string, None
        for fault in faults:
            kind = fault["kind"]
            if kind == "delay":
                await asyncio.sleep(fault["milliseconds"] / 1000)
            elif kind == "pages":
                pages = aws.Pages(call, fault["size"])
                query, body = pages.request(query, request.headers, body)
            elif kind == "throttle":
                status, headers, text = aws.throttle(call, request.headers)
                return web.Response(status=status, headers=headers, text=text)
            elif kind == "answer":
                return web.Response(status=fault["status"], headers={"Content-Type": fault["type"]}, text=fault["body"])
            elif kind == "reset":
                return reset(request)
            elif kind == "silence":
                # A connection that is swallowed is not given back when the network is: the caller has to give up.
                while request.transport and not request.transport.is_closing():
                    await asyncio.sleep(0.2)
                return web.Response(status=599)
            elif kind == "applied":
                await self.forward(request, query, body)
                await asyncio.sleep(fault["milliseconds"] / 1000)
                return reset(request)
        status, headers, text = await self.forward(request, query, body)
        if pages:
            text = pages.answer(status, text)
        # Outages come first: what they say of targets is not overruled by the script.
        health = next((fault for fault in faults if fault["kind"] == "health"), None)
        if health:
            text = aws.with_health(text, health["state"], health["reason"])
        if any(fault["kind"] == "truncate" for fault in faults):
            return await truncate(request, status, headers, text)
        return web.Response(status=status, headers=headers, body=text)

    async def forward(self, request, query, body):
        url = self.upstream + request.raw_path.partition("?")[0] + ("?" + query if query else "")
        headers = {key: value for key, value in request.headers.items() if key.lower() not in HOP}
        headers["Accept-Encoding"] = "identity"
        async with self.session.request(
            request.method, url, headers=headers, data=body, allow_redirects=False, ssl=False
        ) as answer:
            kept = {key: value for key, value in answer.headers.items() if key.lower() not in HOP}
            return answer.status, kept, await answer.read()


def reset(request):
    """Ends the connection by RST, as a dying load balancer does. The answer that is returned reaches nobody."""
    # A caller that has given up has taken its connection along.
    if request.transport:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response(status=599)


async def truncate(request, status, headers, body):
    """Announces the whole body, sends half of it and ends the connection."""
    answer = web.StreamResponse(status=status, headers=headers)
    answer.content_length = len(body)
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    request.transport.close()
    return answer


asyncio.run(Proxy(sys.argv[1]).serve())
