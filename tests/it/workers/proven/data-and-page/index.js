// Asks an API and makes a page of what it says.
const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export default {
  async fetch(request) {
    const answer = await fetch(`https://catalog.example.net${new URL(request.url).pathname}`, { headers: { Accept: "application/json" } });
    if (!answer.headers.get("content-type")?.includes("json")) return new Response("the catalog is away", { status: 502 });
    const { name, items } = await answer.json();
    const lines = items.map((item) => `<li id="i${item.id}">${escape(item.name)}</li>`).join("");
    return new Response(`<h1>${escape(name)}</h1><ul>${lines}</ul>`, { headers: { "Content-Type": "text/html; charset=utf-8", "X-Items": String(items.length) } });
  },
};
