// Calls another Worker by its methods, which give back objects and functions.
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === "/price") {
      const price = await env.PRICES.price(url.searchParams.get("sku") ?? "none", 2);
      return Response.json({ shop: env.SHOP, price });
    }
    if (url.pathname === "/basket") {
      using basket = await env.PRICES.basket();
      await basket.add("apple", 3);
      await basket.add("pear", 1);
      return Response.json({ total: await basket.total(), sold: await basket.sold((name) => `${name}!`) });
    }
    if (url.pathname === "/bad") {
      try {
        await env.PRICES.price(null);
      } catch (error) {
        return new Response(`${error.name}: ${error.message}`, { status: 500 });
      }
    }
    return env.PRICES_HTTP.fetch(request);
  },
};
