// What only scanners ask for.
export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith(".php") || pathname.includes("/wp-")) return new Response("no", { status: 403 });
    if (pathname === "/health") return new Response("ok");
    return Response.redirect("https://www.example.com/", 301);
  },
};
