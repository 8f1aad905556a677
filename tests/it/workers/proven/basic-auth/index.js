// A secret in the clear among the variables, as it should not be.
export default {
  async fetch(request, env) {
    const given = request.headers.get("Authorization");
    if (!given?.startsWith("Basic ")) {
      return new Response("who is there?", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="staging", charset="UTF-8"' } });
    }
    const [user, ...rest] = atob(given.slice("Basic ".length)).split(":");
    if (user !== env.STAFF || rest.join(":") !== env.STAFF_PASSWORD) return new Response("no", { status: 403 });
    return new Response(`hello, ${user}`, { headers: { "X-User": user } });
  },
};
