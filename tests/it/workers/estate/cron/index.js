const JOBS = "https://jobs.example.com";

async function run(controller, ctx) {
  await fetch(`${JOBS}/run?late=${controller.scheduledTime % 60000}`, { method: "POST" });
  ctx.waitUntil(deeper(ctx));
}

async function deeper(ctx) {
  await scheduler.wait(50);
  await fetch(`${JOBS}/deeper`);
  ctx.waitUntil(fetch(`${JOBS}/last`));
}

export default {
  async fetch(request) {
    return fetch(request);
  },
  async scheduled(controller, env, ctx) {
    await fetch(`${JOBS}/begin?cron=${encodeURIComponent(controller.cron)}`, { headers: { "X-Stamp": env.STAMP } });
    if (controller.cron === "0 17 * * 1") throw new Error("not on Sundays");
    ctx.waitUntil(run(controller, ctx));
  },
};
