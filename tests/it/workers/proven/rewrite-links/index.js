// Links into the old site lead into the new one; images get a loading attribute; scripts go.
class Links {
  element(link) {
    const to = link.getAttribute("href");
    if (to?.startsWith("https://www.example.org")) link.setAttribute("href", to.replace("www.example.org", "www.example.com"));
    link.after("<sup>*</sup>", { html: true });
  }
}

export default {
  async fetch(request) {
    const page = await fetch("https://cms.example.net" + new URL(request.url).pathname);
    if (!page.headers.get("Content-Type")?.startsWith("text/html")) return new Response("no page", { status: 415 });
    return new HTMLRewriter()
      .on("a[href]", new Links())
      .on("img", { element: (image) => image.setAttribute("loading", "lazy") })
      .on("script", { element: (script) => script.remove() })
      .on("p", { text: (text) => void (text.lastInTextNode && text.after("!")) })
      .onDocument({ end: (end) => end.append("<!-- rewritten -->", { html: true }) })
      .transform(page);
  },
};
