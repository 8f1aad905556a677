// A small API with a router of its own.
const routes = [];
const on = (method, pattern, handler) => routes.push({ method, parts: pattern.split("/"), handler });
const json = (status, value, headers = {}) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });

on("GET", "/items", ({ url }) => {
  const limit = Math.min(Number(url.searchParams.get("limit") ?? 2), 5);
  return json(200, Array.from({ length: limit || 0 }, (_, n) => ({ id: n + 1, name: `item ${n + 1}` })));
});
on("GET", "/items/:id", ({ params }) => (/^\d+$/.test(params.id) ? json(200, { id: Number(params.id) }) : json(400, { error: "no number" })));
on("POST", "/items", async ({ request }) => {
  let item;
  try {
    item = await request.json();
  } catch {
    return json(400, { error: "no JSON" });
  }
  if (typeof item.name !== "string") return json(422, { error: "a name is missing" });
  return json(201, { id: item.name.length, name: item.name }, { Location: `/items/${item.name.length}` });
});
on("DELETE", "/items/:id", () => new Response(null, { status: 204 }));

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const path = url.pathname.split("/");
    const fits = routes.filter(({ parts }) => parts.length === path.length && parts.every((part, n) => part.startsWith(":") || part === path[n]));
    if (fits.length === 0) return json(404, { error: "no such path" });
    const route = fits.find(({ method }) => method === request.method);
    if (!route) return json(405, { error: "not so" }, { Allow: fits.map(({ method }) => method).join(", ") });
    const params = Object.fromEntries(route.parts.map((part, n) => [part, path[n]]).filter(([part]) => part.startsWith(":")).map(([part, value]) => [part.slice(1), value]));
    return route.handler({ request, url, params });
  },
};
