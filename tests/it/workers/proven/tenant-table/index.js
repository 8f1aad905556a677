// Customers' hosts, each with its own pages.
const TENANTS = {
  "acme.tenants.example.com": { "/": "https://acme.example.net/home", "/login": "https://id.example.net/acme" },
  "globex.tenants.example.com": { "/": "https://globex.example.net/", "/status": "https://status.example.net/globex" },
};

export default {
  fetch(request) {
    const url = new URL(request.url);
    const pages = TENANTS[url.hostname];
    if (!pages) return new Response("unknown tenant", { status: 404 });
    const to = pages[url.pathname];
    return to ? Response.redirect(to, 301) : new Response("unknown page", { status: 404 });
  },
};
