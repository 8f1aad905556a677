import { stamp } from "./lib/stamp.js";
import page from "./page.txt";
import { Buffer } from "node:buffer";

const UPSTREAM_SECRET = "c2VjcmV0LXZhbHVlLTk4NzY1NDMyMQ";

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname === "/") {
      return new Response(page.replace("NAME", env.GREETING), { headers: { "content-type": "text/html" } });
    }
    if (url.pathname === "/config") {
      return Response.json({ mode: env.MODE, limits: env.LIMITS, token: env.API_TOKEN, secret: UPSTREAM_SECRET });
    }
    if (url.pathname === "/encode") {
      return new Response(Buffer.from(url.search).toString("base64"));
    }
    if (url.pathname === "/stream") {
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      const encoder = new TextEncoder();
      ctx.waitUntil((async () => {
        for (let n = 0; n < 5; n++) await writer.write(encoder.encode(`line ${n}\n`));
        await writer.close();
      })());
      return new Response(readable);
    }
    const upstream = new Request(request);
    upstream.headers.set("X-Stamp", stamp(url.pathname));
    upstream.headers.set("X-Secret", UPSTREAM_SECRET);
    const answer = await fetch(upstream);
    const changed = new Response(answer.body, answer);
    changed.headers.set("X-Served-By", env.GREETING);
    return changed;
  },
};
