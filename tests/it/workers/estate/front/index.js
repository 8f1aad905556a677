// Calls another Worker by its methods and by requests.
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const headers = { "X-Served-By": "front" };
    if (pathname === "/login") return env.AUTH.fetch(request);
    if (pathname === "/whoami") {
      const user = await env.ACCOUNTS.user(request.headers.get("X-User") ?? "nobody");
      return Response.json({ mode: env.MODE, user, next: await user.next() }, { headers });
    }
    if (pathname === "/fails") {
      const failed = await env.ACCOUNTS.fail("on purpose").catch((error) => error.message);
      return new Response(failed.toUpperCase(), { headers });
    }
    return new Response(`${env.MODE}: ${pathname}`, { status: 404, headers });
  },
};
