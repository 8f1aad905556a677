// Preflight requests, and headers on everything else.
const ORIGINS = new Set(["https://app.example.com", "https://admin.example.com"]);

function allowed(request) {
  const origin = request.headers.get("Origin");
  return origin && ORIGINS.has(origin) ? { "Access-Control-Allow-Origin": origin, Vary: "Origin" } : {};
}

export default {
  async fetch(request) {
    const headers = { ...allowed(request), "X-Served-By": "cors" };
    if (request.method === "OPTIONS") {
      return new Response(null, {
        status: 204,
        headers: { ...headers, "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Max-Age": "86400" },
      });
    }
    if (request.method === "POST") {
      const text = await request.text();
      return Response.json({ got: text.toUpperCase(), length: text.length }, { headers });
    }
    return Response.json({ path: new URL(request.url).pathname }, { status: request.method === "PUT" ? 405 : 200, headers });
  },
};
