// The older form: the bare domain leads to `www`, with path and query.
addEventListener("fetch", (event) => {
  event.respondWith(handle(event.request));
});

function handle(request) {
  const url = new URL(request.url);
  url.protocol = "https:";
  url.hostname = "www.bare.example.org";
  return Response.redirect(url.toString(), 301);
}
