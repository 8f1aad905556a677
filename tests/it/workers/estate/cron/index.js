export default {
  async scheduled(event, env, ctx) {
    ctx.waitUntil(fetch("https://jobs.example.com/run", { method: "POST" }));
  },
};
