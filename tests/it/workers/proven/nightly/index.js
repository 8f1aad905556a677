// Nothing but a clock calls it.
export default {
  async scheduled(controller, env, ctx) {
    const answer = await fetch("https://reports.example.net/build", { method: "POST", headers: { "X-Trigger": controller.cron }, body: JSON.stringify({ retain: env.RETAIN }) });
    if (!answer.ok) throw new Error(`reports: ${answer.status}`);
    ctx.waitUntil(fetch("https://hooks.example.net/done?by=" + encodeURIComponent(controller.cron)));
  },
};
