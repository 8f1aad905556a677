export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/v1/users":
      case "/v1/orders":
        return new Response("this API has ended", { status: 410, headers: { Link: '<https://docs.example.com/v2>; rel="successor-version"' } });
      case "/":
        return new Response("an API", { headers: { "X-Version": "1" } });
    }
    return new Response("no such call", { status: 404 });
  },
};
