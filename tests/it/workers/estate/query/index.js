// Redirects by what stands in the query.
const TARGETS = { docs: "https://docs.example.com/", shop: "https://shop.example.com/" };

export default {
  fetch(request) {
    const { searchParams, pathname } = new URL(request.url);
    const to = TARGETS[searchParams.get("to") ?? searchParams.get("q")] ?? TARGETS[pathname.slice(1)];
    const kept = new URLSearchParams([...searchParams].filter(([name]) => name !== "to").sort());
    if (!to) {
      return new Response(`nothing for ${pathname.toUpperCase()}?${kept}`, { status: 404, headers: { "X-Served-By": "query" } });
    }
    const target = new URL(to);
    target.search = kept.toString();
    target.searchParams.append("from", "/old");
    return Response.redirect(target, 302);
  },
};
