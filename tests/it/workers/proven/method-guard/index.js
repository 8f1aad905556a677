// Reads are sent to the new API, writes are refused.
export default {
  async fetch(request) {
    switch (request.method) {
      case "GET":
      case "HEAD":
        return Response.redirect("https://api.example.com/v2/", 307);
      case "OPTIONS":
        return new Response(null, { status: 204, headers: { Allow: "GET, HEAD, OPTIONS" } });
      default:
        return new Response("read only", { status: 405, headers: { Allow: "GET, HEAD, OPTIONS" } });
    }
  },
};
