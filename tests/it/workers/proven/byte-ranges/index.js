const BYTES = new TextEncoder().encode("0123456789abcdefghijklmnopqrstuvwxyz");

export default {
  fetch(request) {
    const range = request.headers.get("Range");
    const headers = { "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream" };
    if (!range) return new Response(BYTES, { headers });
    const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
    if (from === undefined || (from === "" && to === "")) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${BYTES.length}` } });
    const start = from === "" ? BYTES.length - Number(to) : Number(from);
    const end = from === "" || to === "" ? BYTES.length - 1 : Math.min(Number(to), BYTES.length - 1);
    if (start > end) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${BYTES.length}` } });
    return new Response(BYTES.slice(start, end + 1), { status: 206, headers: { ...headers, "Content-Range": `bytes ${start}-${end}/${BYTES.length}` } });
  },
};
