// Runs both sides of a proof, and asks them. One JSON document a line: first a greeting, then an answer to each command, as
// `wire.rs` has them. Ends with its standard input, and takes with it whatever it started.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import zlib from "node:zlib";

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const [packages, program] = process.argv.slice(-2);
const LIMIT = 20_000;

function found() {
  const folders = packages ? [packages] : [process.cwd(), join(dirname(process.execPath), "../lib")];
  for (const folder of folders) {
    try {
      return createRequire(join(folder, "package.json")).resolve("miniflare");
    } catch {
      // In the next one, perhaps.
    }
  }
}

const at = found();
if (!at) {
  say({ missing: "miniflare" });
  process.exit(0);
}
// What it stands on is found from where it lies.
const own = createRequire(at);
const { Miniflare, Log, LogLevel, Response } = own(at);
const { version } = own(join(dirname(at), "../../package.json"));
const WebSocket = own("ws");

function workerdProgram() {
  if (program) return existsSync(program) ? program : undefined;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder && existsSync(join(folder, "workerd"))) return join(folder, "workerd");
  }
  try {
    return own("workerd").default;
  } catch {
    return undefined;
  }
}

const workerd = workerdProgram();
if (!workerd) {
  say({ missing: "workerd" });
  process.exit(0);
}

const runtime = execFileSync(workerd, ["--version"], { encoding: "utf8" }).trim();

// Where everything lies that the converted side is made of.
const room = mkdtempSync(join(tmpdir(), "caravan-proof-"));
process.on("exit", () => rmSync(room, { recursive: true, force: true }));
symlinkSync(workerd, join(room, "workerd"));

// What each side asked of others, in the order in which it came.
const asked = { original: [], converted: [] };
// How the others answer, for the request that is asked now.
let mood = "page";

const PAGE =
  '<!doctype html><html lang="en"><head><title>A page</title><meta name="description" content="Of the proof"></head><body class="page">' +
  '<h1 id="top">A page</h1><p>Some <b>text</b> &amp; more.</p><a href="https://www.example.org/a">There</a> <a href="/b">Here</a>' +
  '<img src="/i.png" alt="An image"><form action="/send" method="post"><input name="q" value="1"></form><ul><li>One</li><li>Two</li></ul>' +
  "<script>let a = 1;</script></body></html>";

// The stand-in of everybody whom a Worker asks.
function standIn({ method, url }) {
  const path = new URL(url).pathname;
  const say = (status, type, body, more = {}) => ({ status, headers: { "content-type": type, "x-stand-in": "yes", ...more }, body });
  if (path.endsWith("/moved-by-the-stand-in")) return say(200, "text/plain", `moved: ${method}`);
  if (mood === "data") {
    const data = { name: "sample", id: 7, path, items: [{ id: 1, name: "one" }, { id: 2, name: "two" }], ok: true, url: "https://www.example.org/" };
    return say(200, "application/json", JSON.stringify(data), { "cache-control": "max-age=60", etag: '"1"', vary: "Accept" });
  }
  if (mood === "missing") return say(404, "text/plain", `nothing at ${path}`);
  if (mood === "failing") return say(503, "text/plain", "not now", { "retry-after": "5" });
  if (mood === "moved") return { status: 302, headers: { location: "/moved-by-the-stand-in", "x-stand-in": "yes" }, body: "" };
  return say(200, "text/html; charset=utf-8", PAGE, { "set-cookie": "seen=1; Path=/", "last-modified": "Mon, 05 Jan 2026 10:00:00 GMT" });
}

const matches = (hosts, name) => hosts.some((one) => one === name || (one.startsWith("*") && name.endsWith(one.slice(1))));

// Requests of the original come here; on Cloudflare those to its own hosts go to the origin behind them.
function outbound(hosts) {
  return async (request) => {
    const url = new URL(request.url);
    const body = request.body ? Buffer.from(await request.arrayBuffer()) : Buffer.alloc(0);
    const one = { to: matches(hosts, url.hostname) ? "origin" : "internet", method: request.method, url: url.href, headers: [...request.headers], body: body.toString("base64") };
    asked.original.push(one);
    const { status, headers, body: text } = standIn(one);
    return new Response(request.method === "HEAD" || text === "" ? null : text, { status, headers });
  };
}

// Requests of the converted side come to one of these by their whole addresses.
function listener(to) {
  const server = http.createServer({ requireHostHeader: false }, (request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const headers = [];
      for (let at = 0; at < request.rawHeaders.length; at += 2) headers.push([request.rawHeaders[at].toLowerCase(), request.rawHeaders[at + 1]]);
      const url = request.url.includes("://") ? request.url : `http://${request.headers.host}${request.url}`;
      const one = { to, method: request.method, url: new URL(url).href, headers, body: Buffer.concat(parts).toString("base64") };
      asked.converted.push(one);
      const { status, headers: kept, body } = standIn(one);
      response.writeHead(status, kept).end(request.method === "HEAD" ? undefined : body);
    });
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));
}
const internet = await listener("internet");
const origin = await listener("origin");

let miniflare, child, gateway, environment, folder;
let count = 0;
const sides = {};

async function stop() {
  const running = miniflare;
  miniflare = undefined;
  child?.removeAllListeners("exit").kill("SIGKILL");
  child = gateway = undefined;
  for (const side of Object.keys(sides)) delete sides[side];
  asked.original.length = asked.converted.length = 0;
  await running?.dispose();
}

async function original({ options, hosts }) {
  await miniflare?.dispose();
  options = { ...options, host: "127.0.0.1", port: 0, log: new Log(LogLevel.NONE), handleRuntimeStdio: () => {}, unsafeTriggerHandlers: true };
  for (const one of options.workers) {
    for (const module of one.modules ?? []) {
      // Bytes do not fit into a line of JSON.
      if (module.hex !== undefined) module.contents = Buffer.from(module.hex, "hex");
      delete module.hex;
      module.path = join(one.rootPath, module.path);
    }
    one.outboundService = outbound(hosts);
  }
  miniflare = new Miniflare(options);
  sides.original = { port: Number((await miniflare.ready).port) };
  return null;
}

async function converted({ files, environment: variables, serves }) {
  child?.removeAllListeners("exit").kill("SIGKILL");
  folder = join(room, String((count += 1)));
  environment = variables;
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll("127.0.0.1:INTERNET", `127.0.0.1:${internet}`).replaceAll("127.0.0.1:ORIGIN", `127.0.0.1:${origin}`));
  }
  if (!serves) return null;
  const words = ["serve", join(folder, "config.capnp"), "--socket-addr=http=127.0.0.1:0", "--control-fd=3"];
  child = spawn(workerd, words, { env: environment, stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (part) => (said = (said + part).slice(-4000)));
  const port = new Promise((done, failed) => {
    createInterface({ input: child.stdio[3] }).on("line", (line) => {
      const event = JSON.parse(line);
      if (event.event === "listen") done(event.port);
    });
    child.once("error", failed);
    child.once("exit", (code, signal) => failed(new Error(`workerd ended with ${signal ?? code}: ${said.trim()}`)));
    sleep(60_000, undefined, { ref: false }).then(() => failed(new Error(`workerd does not listen: ${said.trim()}`)));
  });
  sides.converted = { port: await port };
  return null;
}

function through({ url }) {
  gateway = new URL(url);
  sides.converted = { gateway };
  return null;
}

const pairs = (raw) => {
  const out = [];
  for (let at = 0; at < raw.length; at += 2) out.push([raw[at].toLowerCase(), raw[at + 1]]);
  return out;
};

function decoded(body, headers) {
  const encoding = headers.find(([name]) => name === "content-encoding")?.[1];
  const by = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, deflate: zlib.inflateSync }[encoding];
  try {
    return by && body.length > 0 ? by(body) : body;
  } catch {
    return body;
  }
}

// What a request is on a side: whole and by its parts.
function sent(side, { method, url, headers }) {
  const { host, protocol } = new URL(url);
  const path = url.slice(url.indexOf(host) + host.length) || "/";
  const more = [];
  if (side === "original") more.push("MF-Original-URL", url);
  // A gateway that terminates TLS writes this itself.
  if (!gateway || side === "original") more.push("X-Forwarded-Proto", protocol.slice(0, -1));
  const flat = ["Host", host, ...headers.flat(), ...more];
  return { method, path, headers: flat, host };
}

// Whether nobody caught what a script threw: each side then answers in its own words, and Cloudflare in others.
function threw(side, text, headers) {
  if (side === "original") return text.includes("miniflare/dist/src/workers/core/entry.worker.js");
  return text === "Internal Server Error" && !headers.some(([name]) => name === "content-type");
}

function ask(side, request) {
  const { method, path, headers, host } = sent(side, request);
  const { port, gateway: url } = sides[side];
  const secure = url?.protocol === "https:";
  const body = request.body ? Buffer.from(request.body, "base64") : undefined;
  if (body) headers.push("Content-Length", String(body.length));
  const where = url
    ? { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port || (secure ? 443 : 80), servername: host.split(":")[0] }
    : { host: "127.0.0.1", port };
  return new Promise((done) => {
    const failed = (error) => done({ error: `${error.message || error.code}` });
    const options = { ...where, method, path, headers, agent: secure ? secureAgent : agent, timeout: LIMIT };
    let out;
    try {
      out = (secure ? https : http).request(options, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.once("error", failed);
        answer.once("end", () => {
          const kept = pairs(answer.rawHeaders);
          const whole = method === "HEAD" ? Buffer.alloc(0) : decoded(Buffer.concat(parts), kept);
          const status = answer.statusCode;
          if (status === 500 && threw(side, whole.toString(), kept)) return done({ status, headers: [], body: "", threw: true });
          done({ status, headers: kept, body: whole.toString("base64") });
        });
      });
    } catch (error) {
      return failed(error);
    }
    out.once("error", failed);
    out.once("timeout", () => out.destroy(new Error(`no whole answer within ${LIMIT / 1000} s`)));
    out.end(body);
  });
}
// Each request has a connection of its own: a server may end one whose body its script did not read.
const agent = new http.Agent({ keepAlive: false });
// Whether its certificate is right is not what is proven here.
const secureAgent = new https.Agent({ keepAlive: false, rejectUnauthorized: false });

// Opens a socket, says each message, and takes down what comes until it is quiet.
function talk(side, request) {
  const { path, headers, host } = sent(side, request);
  const at = sides[side];
  const address = at.gateway ? `${at.gateway.protocol === "https:" ? "wss" : "ws"}://${at.gateway.host}${path}` : `ws://127.0.0.1:${at.port}${path}`;
  const named = {};
  for (let i = 0; i < headers.length; i += 2) named[headers[i]] = headers[i + 1];
  return new Promise((done) => {
    const messages = [];
    let status = 101, kept = [], timer;
    const socket = new WebSocket(address, { headers: named, rejectUnauthorized: false, perMessageDeflate: false, handshakeTimeout: LIMIT });
    const end = (more) => {
      clearTimeout(timer);
      socket.removeAllListeners().on("error", () => {});
      socket.terminate();
      done({ status, headers: kept, body: Buffer.from(JSON.stringify(messages)).toString("base64"), ...more });
    };
    const quiet = () => {
      clearTimeout(timer);
      timer = setTimeout(() => end({}), 200);
    };
    socket.on("upgrade", (answer) => (kept = pairs(answer.rawHeaders)));
    socket.on("open", () => {
      for (const message of request.messages) socket.send(message);
      quiet();
    });
    socket.on("message", (data, binary) => {
      messages.push(binary ? { bytes: data.toString("hex") } : data.toString());
      quiet();
    });
    socket.on("close", (code, reason) => {
      messages.push({ closed: code, reason: reason.toString() });
      // Without the frame that closes it (RFC 6455, section 7.4.1): what came before may be lost.
      end(code === 1006 ? { broke: true } : {});
    });
    socket.on("unexpected-response", (_, answer) => {
      status = answer.statusCode;
      kept = pairs(answer.rawHeaders);
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => end({ body: decoded(Buffer.concat(parts), kept).toString("base64") }));
    });
    socket.on("error", (error) => end({ error: `${error.message}` }));
  });
}

// What each side asked of others since the last time, once it is quiet.
async function taken(waits) {
  if (waits) await sleep(25);
  for (let round = 0; round < 20 && sides.original && sides.converted && asked.original.length !== asked.converted.length; round += 1) await sleep(15);
  return { original: asked.original.splice(0), converted: asked.converted.splice(0) };
}

async function askAll({ requests, waits }) {
  const out = [];
  for (const request of requests) {
    mood = request.others;
    const by = request.messages.length > 0 ? talk : ask;
    const names = Object.keys(sides);
    let answers = await Promise.all(names.map((side) => by(side, request)));
    // What broke off is asked once more, of both; a socket that a server closes while more comes may break off by chance, so twice.
    for (let more = 0; more < 2 && answers.some(({ error, broke }) => error || broke); more += 1) {
      await taken(waits);
      answers = await Promise.all(names.map((side) => by(side, request)));
    }
    const others = await taken(waits);
    out.push(Object.fromEntries(names.map((side, at) => [side, { ...answers[at], asked: others[side] }])));
  }
  return out;
}

// Calls `scheduled` on both sides.
async function scheduled({ cron }) {
  mood = "page";
  const time = Math.floor(Date.now() / 60_000) * 60_000;
  const query = `cron=${encodeURIComponent(cron)}&time=${time}`;
  const outcome = await (await fetch(`http://127.0.0.1:${sides.original.port}/cdn-cgi/handler/scheduled?${query}`)).text();
  const env = { ...environment, PATH: room };
  const run = spawn(process.execPath, [join(folder, "clock.mjs"), cron], { env, stdio: "ignore" });
  const code = await new Promise((done) => run.once("exit", (code) => done(code ?? 1)).once("error", () => done(1)));
  const others = await taken(true);
  return { original: { well: outcome === "ok", asked: others.original }, converted: { well: code === 0, asked: others.converted } };
}

const COMMANDS = { original, converted, through, ask: askAll, scheduled, stop };

say({ ready: { node: process.version, miniflare: version, workerd: runtime } });
// Nobody waits any more for what still runs.
process.stdin.once("end", () => {
  const ends = () => {
    child?.kill("SIGKILL");
    process.exit(1);
  };
  setTimeout(ends, 5000).unref();
});
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    say({ ok: (await COMMANDS[command.do](command)) ?? null });
  } catch (error) {
    say({ error: `${error.message ?? error}` });
  }
}
await stop();
process.exit(0);
