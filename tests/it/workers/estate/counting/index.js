// Words of what was sent, with classes, generators and a map.
class Counter {
  #counts = new Map();
  add(word) {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
    return this;
  }
  *[Symbol.iterator]() {
    yield* [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  }
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const text = request.method === "POST" ? await request.text() : decodeURIComponent(url.pathname.replaceAll("/", " "));
    const counter = new Counter();
    for (const word of text.toUpperCase().match(/\p{L}+/gu) ?? []) counter.add(word);
    const lines = [...counter].map(([word, count]) => `${word.padEnd(8, ".")}${count}`);
    const structured = structuredClone({ lines, at: new Date(0), big: 2n ** 64n });
    return new Response([...structured.lines, structured.big, structured.at.toISOString()].join("\n"), { headers: { "X-Served-By": "counting" } });
  },
};
