// Answers at once, and tells a collector afterwards.
export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    const status = pathname.startsWith("/private/") ? 403 : 200;
    const line = { path: pathname, method: request.method, status };
    ctx.waitUntil(scheduler.wait(5).then(() => fetch("https://logs.example.net/collect", { method: "POST", body: JSON.stringify(line), headers: { "Content-Type": "application/json", "X-Stream": env.STREAM } })));
    return new Response(status === 403 ? "private" : "public", { status });
  },
};
