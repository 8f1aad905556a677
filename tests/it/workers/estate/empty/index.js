// Answers that a gateway does not repeat as they are: a type with nothing of it, and statuses to which it adds where to go.
export default {
  async fetch(request) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/robots.txt":
        return new Response("");
      case "/made":
        return new Response("made", { status: 201 });
      case "/same":
        return new Response(null, { status: 304, headers: { ETag: '"1"' } });
      case "/page":
        return new Response("<p>page</p>", { headers: { "content-type": "text/html", "X-Served-By": "empty" } });
      default:
        return new Response(null, { status: 404, headers: { "Content-Type": "text/html" } });
    }
  },
};
