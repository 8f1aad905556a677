// The older form: variables are globals.
addEventListener("fetch", function (event) {
  event.respondWith(answer(event.request));
});

async function answer(request) {
  var url = new URL(request.url);
  if (url.pathname === "/who") return new Response(OWNER + " owns " + LIMITS.names.join(" and "));
  if (url.pathname.indexOf("/api/") !== 0) return new Response("not for you", { status: 403 });
  var target = BACKEND + url.pathname.replace("/api/", "/") + url.search;
  var answer = await fetch(target, { method: request.method, headers: { "X-Owner": OWNER } });
  var headers = new Headers(answer.headers);
  headers.set("X-Proxied", "yes");
  return new Response(answer.body, { status: answer.status, headers: headers });
}
