addEventListener("fetch", (event) => event.respondWith(answer(event.request)));

function answer(request) {
  return new Response(`${request.headers.get("x-key") === KEY_OF_CALLERS} ${new URL(request.url).pathname.toUpperCase()}`);
}
