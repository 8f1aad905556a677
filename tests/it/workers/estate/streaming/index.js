// A body that comes piece by piece, changed on its way.
const encoder = new TextEncoder();

function pieces(count) {
  let n = 0;
  return new ReadableStream({
    async pull(controller) {
      if (n >= count) return controller.close();
      n += 1;
      await scheduler.wait(1);
      controller.enqueue(encoder.encode(`piece ${n}\n`));
    },
  });
}

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const headers = { "Content-Type": "text/plain", "X-Served-By": "streaming" };
    if (pathname === "/loud") {
      const loud = new TransformStream({
        transform(chunk, controller) {
          controller.enqueue(encoder.encode(new TextDecoder().decode(chunk).toUpperCase()));
        },
      });
      return new Response(pieces(5).pipeThrough(loud), { headers });
    }
    if (pathname === "/echo") return new Response(request.body, { headers });
    return new Response(pieces(3), { headers });
  },
};
