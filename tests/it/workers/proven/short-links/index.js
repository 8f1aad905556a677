// Short links of a campaign; what nobody made is a page that says so.
const LINKS = {
  "/spring": "https://www.example.com/campaigns/spring?utm_source=short",
  "/jobs": "https://careers.example.com/",
  "/docs": "https://docs.example.com/start#install",
};

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    const target = LINKS[pathname];
    if (target) return Response.redirect(target, 302);
    return new Response("<h1>No such link</h1>", { status: 404, headers: { "Content-Type": "text/html; charset=utf-8" } });
  },
};
