// Sends calls on to services, by the first step of the path, with a key that lies among its secrets.
const SERVICES = { users: "https://users.example.net", orders: "https://orders.example.net/internal" };

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const [, name, ...rest] = url.pathname.split("/");
    const service = SERVICES[name];
    if (!service) return Response.json({ error: `no service ${name}` }, { status: 404 });
    const headers = new Headers({ "X-Api-Key": env.API_KEY, Accept: "application/json" });
    const user = request.headers.get("X-User");
    if (user) headers.set("X-On-Behalf-Of", user);
    const answer = await fetch(`${service}/${rest.join("/")}${url.search}`, { method: request.method, headers, body: request.body });
    if (answer.status === 404) return Response.json({ error: "not found" }, { status: 404 });
    if (!answer.ok) return Response.json({ error: "bad gateway", status: answer.status }, { status: 502, headers: { "Retry-After": answer.headers.get("Retry-After") ?? "1" } });
    return new Response(answer.body, { status: answer.status, headers: { "Content-Type": answer.headers.get("Content-Type"), "X-Service": name } });
  },
};
