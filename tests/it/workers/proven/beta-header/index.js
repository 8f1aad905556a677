// People who say that they want the beta get it.
export default {
  fetch(request) {
    const wants = request.headers.get("X-Channel");
    if (wants === "beta") return Response.redirect("https://beta.example.com/", 302);
    if (wants && wants.startsWith("canary")) return Response.redirect("https://canary.example.com/", 302);
    if (request.headers.has("X-Internal")) return new Response("internal", { status: 403 });
    return Response.redirect("https://stable.example.com/", 302);
  },
};
