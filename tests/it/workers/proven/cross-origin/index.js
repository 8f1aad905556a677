const ALLOWED = ["https://app.example.com", "https://admin.example.com"];

export default {
  async fetch(request) {
    const origin = request.headers.get("Origin");
    const headers = new Headers({ Vary: "Origin" });
    if (origin && ALLOWED.includes(origin)) headers.set("Access-Control-Allow-Origin", origin);
    if (request.method === "OPTIONS") {
      headers.set("Access-Control-Allow-Methods", "GET, POST");
      headers.set("Access-Control-Max-Age", "600");
      return new Response(null, { status: origin ? 204 : 400, headers });
    }
    if (origin && !ALLOWED.includes(origin)) return new Response("not from there", { status: 403, headers });
    headers.set("Content-Type", "application/json");
    return new Response(JSON.stringify({ method: request.method }), { headers });
  },
};
