export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/old/start") return Response.redirect("https://www.example.com/start", 301);
    return new Response("old", { status: 410 });
  },
};
