// built/src/greet.ts
function greet(user, title) {
  let name = user?.trim() || "whoever you are";
  return `${title}: hello, ${name}`;
}

// built/src/status.ts
var Status = /* @__PURE__ */ ((Status2) => (Status2[Status2.NotFound = 404] = "NotFound", Status2[Status2.Teapot = 418] = "Teapot", Status2))(Status || {});

// built/src/index.ts
var index_default = {
  async fetch(request, env) {
    let url = new URL(request.url), user = url.searchParams.get("user") ?? void 0;
    return url.pathname === "/greet" ? new Response(greet(user, env.TITLE)) : url.pathname === "/status" ? Response.json({ code: 418 /* Teapot */, name: Status[418 /* Teapot */] }, { status: 418 /* Teapot */ }) : new Response("built", { status: 404 /* NotFound */ });
  }
};
export {
  index_default as default
};
