addEventListener("fetch", (event) => {
  event.respondWith(handle(event.request));
});

async function handle(request) {
  const url = new URL(request.url);
  if (url.pathname === "/healthz") {
    return new Response("ok");
  }
  url.protocol = "https:";
  url.hostname = "www.example.org";
  return Response.redirect(url.toString(), 301);
}
