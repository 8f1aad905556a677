const text = (body) => new Response(body, { headers: { "Content-Type": "text/plain", "Cache-Control": "max-age=600" } });

export default {
  fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/robots.txt") return text("User-agent: *\nDisallow: /private/\n");
    if (path === "/.well-known/security.txt") return text("Contact: mailto:security@example.com\nExpires: 2030-01-01T00:00:00Z\n");
    if (path === "/.well-known/change-password") return Response.redirect("https://id.example.com/password", 302);
    return text("nothing here");
  },
};
