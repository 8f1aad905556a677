// Starts workerd, has it call the script's `scheduled` once, and ends as that does: node clock.mjs TRIGGER
import { spawn } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const config = fileURLToPath(new URL("clock.capnp", import.meta.url));
const trigger = { cron: process.argv[2], scheduledTime: Math.floor(Date.now() / 60_000) * 60_000 };

const port = await new Promise((done, failed) => {
  const free = net.createServer().once("error", failed);
  free.listen(0, "127.0.0.1", () => {
    const { port } = free.address();
    free.close(() => done(port));
  });
});

const words = ["serve", config, `--socket-addr=clock=127.0.0.1:${port}`];
const workerd = spawn("workerd", words, { stdio: ["ignore", "inherit", "inherit"] });
const end = (code, why) => {
  if (why) console.error(why);
  workerd.removeAllListeners().kill("SIGKILL");
  process.exit(code);
};
workerd.once("error", (error) => end(1, `workerd: ${error.message}`));
workerd.once("exit", (code, signal) => end(1, `workerd ended: ${signal ?? code}`));
process.once("SIGTERM", () => end(143, "ended from outside"));

const listens = () =>
  new Promise((done) => {
    const tried = net.connect(port, "127.0.0.1");
    tried.once("connect", () => tried.destroy() && done(true));
    tried.once("error", () => done(false));
  });
while (!(await listens())) await setTimeout(20);

// No client of a request with a bound on how long it takes: the run has one.
const asked = http.request({ host: "127.0.0.1", port, method: "POST", path: "/" }, (answer) => {
  answer.resume();
  answer.once("end", () => end(answer.statusCode === 204 ? 0 : 1, answer.statusCode === 204 ? "" : "`scheduled` failed"));
});
asked.once("error", (error) => end(1, error.message));
asked.end(JSON.stringify(trigger));
