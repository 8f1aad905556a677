const LINKS = { applinks: { apps: [], details: [{ appID: "ABCDE.com.example.app", paths: ["/o/*"] }] } };

export default {
  fetch(request) {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/apple-app-site-association")) return Response.json(LINKS);
    if (url.pathname === "/.well-known/assetlinks.json") return Response.json([{ relation: ["delegate_permission/common.handle_all_urls"] }], { headers: { "Cache-Control": "max-age=3600" } });
    return new Response(null, { status: 404 });
  },
};
