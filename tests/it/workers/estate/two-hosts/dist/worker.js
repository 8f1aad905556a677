// As esbuild writes it.
var TENANTS = {
  "acme.tenants.example.net": { home: "https://acme.example.com/", open: true },
  "globex.tenants.example.net": { home: "https://globex.example.com/start", open: false },
};
function tenant(host) {
  return TENANTS[host];
}
var src_default = {
  async fetch(request) {
    const url = new URL(request.url);
    const found = tenant(url.hostname);
    if (!found) {
      return new Response("no such tenant", { status: 404 });
    }
    if (url.pathname === "/") {
      return found.open ? Response.redirect(found.home, 302) : new Response("closed", { status: 503, headers: { "retry-after": "3600" } });
    }
    return Response.redirect("https://status.example.com/down", 307);
  },
};
export { src_default as default };
