var __defProp = Object.defineProperty;
var __name = (target, value) => __defProp(target, "name", { value, configurable: true });

// src/router.ts
var Router = class {
  static {
    __name(this, "Router");
  }
  #routes = [];
  on(method, pattern, handler) {
    const names = [...pattern.matchAll(/:(\w+)/g)].map((match) => match[1]);
    const source = pattern.replace(/:\w+/g, "([^/]+)");
    this.#routes.push({ method, names, regex: new RegExp(`^${source}$`), handler });
    return this;
  }
  async handle(request) {
    const { pathname } = new URL(request.url);
    for (const { method, names, regex, handler } of this.#routes) {
      const match = request.method === method ? regex.exec(pathname) : null;
      if (match) return handler(Object.fromEntries(names.map((name, at) => [name, match[at + 1]])), request);
    }
    return new Response("no such route", { status: 404 });
  }
};

// src/index.ts
var Level = /* @__PURE__ */ ((Level2) => {
  Level2[(Level2["Low"] = 0)] = "Low";
  Level2[(Level2["High"] = 1)] = "High";
  return Level2;
})(Level || {});
var router = new Router()
  .on("GET", "/users/:id", ({ id }) => Response.json({ id, level: Level[id.length % 2] }))
  .on("GET", "/users/:id/posts/:post", ({ id, post }) => new Response(`<b>${id.toUpperCase()}</b>: ${decodeURIComponent(post)}`, { headers: { "content-type": "text/html" } }))
  .on("POST", "/users/", async (_, request) => Response.json({ made: await request.text() }, { status: 201, headers: { Location: "/users/new" } }));
var src_default = {
  async fetch(request) {
    const answer = await router.handle(request);
    answer.headers.set("X-Served-By", "bundled");
    return answer;
  }
};
export {
  src_default as default
};
