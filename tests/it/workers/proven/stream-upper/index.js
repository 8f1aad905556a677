// What comes goes out in capital letters, part by part.
export default {
  async fetch(request) {
    if (!request.body) return new Response("send something", { status: 400 });
    const upper = new TransformStream({
      transform(part, controller) {
        controller.enqueue(part.toUpperCase());
      },
      flush(controller) {
        controller.enqueue("--end");
      },
    });
    const body = request.body.pipeThrough(new TextDecoderStream()).pipeThrough(upper).pipeThrough(new TextEncoderStream());
    return new Response(body, { headers: { "Content-Type": "text/plain", "X-Streamed": "yes" } });
  },
};
