const BLOCKED = new Set(["/admin", "/wp-login.php", "/xmlrpc.php"]);
const RULES = [
  { from: "/docs/", to: "https://docs.example.com/" },
  { from: "/docs/api/", to: "https://never.example.com/" },
  { from: "/s", to: "https://s.example.com/" },
];

function blocked() {
  return new Response("Forbidden", { status: 403, headers: { "Cache-Control": "no-store", "X-Reason": "100% blocked" } });
}

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (BLOCKED.has(pathname) || pathname.endsWith(".env")) {
      return blocked();
    }
    if (request.method === "POST" || request.method === "PUT") {
      return new Response(null, { status: 405, headers: { Allow: "GET, HEAD" } });
    }
    if (request.headers.get("X-Preview") === "yes") {
      return Response.json({ preview: true, path: "hidden" });
    }
    const agent = request.headers.get("User-Agent");
    if (agent === "crawler/1.0") {
      return new Response("User-agent: *\nDisallow: /\n", { headers: { "Content-Type": "text/plain" } });
    }
    for (const { from, to } of RULES) {
      if (pathname.startsWith(from)) return Response.redirect(to, 308);
    }
    switch (pathname) {
      case "/":
        return new Response("<h1>Welcome</h1>", { headers: { "content-type": "text/html;charset=UTF-8" } });
      case "/robots.txt":
        return new Response(null);
      default:
        return new Response("Not found: nothing here", { status: 404 });
    }
  },
};
