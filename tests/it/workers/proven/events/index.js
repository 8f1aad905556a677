// Server-sent events: some, with an id each, from where the caller has left.
export default {
  async fetch(request) {
    const from = Number(request.headers.get("Last-Event-ID") ?? 0) || 0;
    const encode = new TextEncoder();
    let id = from;
    const body = new ReadableStream({
      async pull(controller) {
        id += 1;
        if (id > from + 4) return controller.close();
        await scheduler.wait(2);
        controller.enqueue(encode.encode(`id: ${id}\nevent: tick\ndata: {"n":${id}}\n\n`));
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" } });
  },
};
