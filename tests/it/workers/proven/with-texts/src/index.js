import page from "./page.html";
import terms from "./terms.txt";
import prices from "./prices.json";
import { fill } from "./lib/fill.js";

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/terms") return new Response(terms);
    if (pathname === "/prices") return Response.json(prices);
    return new Response(fill(page, { title: "Prices", path: pathname }), { headers: { "Content-Type": "text/html" } });
  },
};
