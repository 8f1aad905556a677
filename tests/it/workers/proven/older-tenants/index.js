const TENANTS = { acme: "https://acme.example.net", globex: "https://globex.example.net" };

addEventListener("fetch", (event) => event.respondWith(tenant(event)));

async function tenant(event) {
  const url = new URL(event.request.url);
  const name = url.hostname.split(".")[0];
  const base = TENANTS[name];
  if (!base) return new Response("no tenant " + name, { status: 404 });
  if (url.pathname === "/logout") return new Response(null, { status: 302, headers: { Location: "/login", "Set-Cookie": "session=; Max-Age=0" } });
  event.waitUntil(fetch("https://counts.example.net/" + name, { method: "PUT" }));
  return Response.redirect(base + url.pathname + url.search, 307);
}
