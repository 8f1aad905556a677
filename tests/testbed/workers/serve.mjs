// Originals of Workers in miniflare. One JSON document a line: first a greeting, then an answer to each command.
//   {"do": "start", "name": …, "options": {…}, "origin": {"hosts": [...], "port": …}} → {"ok": PORT}
//   {"do": "scheduled", "cron": …} → {"ok": "ok" or "exception"}
//   {"do": "javascript", "text": …} → {"ok": the text of TypeScript as Node itself runs it}
//   {"do": "stop"} → {"ok": null}
// Run with the folder of the installed packages as its argument. Ends with its standard input.
import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.argv[2]}/package.json`);
const { Miniflare, Log, LogLevel, Response } = require("miniflare");
const { version } = require("miniflare/package.json");

let running;

// What Cloudflare does with a Worker's requests to its own hosts: they go to the origin, under the same name.
function outbound(origin) {
  return async (request) => {
    const url = new URL(request.url);
    if (!origin.hosts.includes(url.hostname)) return new Response("no such host", { status: 530 });
    const headers = Object.fromEntries([...request.headers].filter(([name]) => !name.startsWith("mf-")));
    const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
    return new Promise((done, failed) => {
      const asked = http.request(
        { host: "127.0.0.1", port: origin.port, method: request.method, path: url.pathname + url.search, headers: { ...headers, host: url.host } },
        (answer) => {
          const parts = [];
          answer.on("data", (part) => parts.push(part));
          // The length of what is not sent is none of the new response's.
          const { "content-length": _, connection: __, ...kept } = answer.headers;
          answer.on("end", () => done(new Response(request.method === "HEAD" ? null : Buffer.concat(parts), { status: answer.statusCode, headers: kept })));
        },
      );
      asked.on("error", failed);
      asked.end(body);
    });
  };
}

async function answer(command) {
  if (command.do === "start") {
    await running?.dispose();
    const options = { ...command.options, host: "127.0.0.1", port: 0, log: new Log(LogLevel.NONE) };
    // Bytes do not fit into a line of JSON.
    for (const one of options.workers ?? [options]) {
      for (const module of Array.isArray(one.modules) ? one.modules : []) {
        if (typeof module.contents !== "string") module.contents = readFileSync(module.file);
        delete module.file;
      }
    }
    for (const one of options.workers ?? [options]) if (command.origin) one.outboundService = outbound(command.origin);
    running = new Miniflare(options);
    return Number((await running.ready).port);
  }
  if (command.do === "scheduled") {
    const worker = await running.getWorker();
    const scheduledTime = new Date(Math.floor(Date.now() / 60000) * 60000);
    return (await worker.scheduled({ cron: command.cron, scheduledTime })).outcome;
  }
  if (command.do === "javascript") return stripTypeScriptTypes(command.text, { mode: "transform" });
  await running?.dispose();
  running = undefined;
  return null;
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ port: 0, version });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say({ ok: await answer(JSON.parse(line)) });
  } catch (error) {
    say({ error: `${error.stack ?? error}` });
  }
}
await running?.dispose();
