export default {
  fetch(request) {
    const text = "the same words over and over, ".repeat(20);
    if (!new URL(request.url).searchParams.has("packed")) return new Response(text);
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Response(packed, { encodeBody: "manual", headers: { "Content-Encoding": "gzip", "X-Packed": "yes" } });
  },
};
