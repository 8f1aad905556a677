// In front of an origin: takes headers away and adds others.
export default {
  async fetch(request) {
    const forwarded = new Request(request);
    forwarded.headers.set("X-From", "edge");
    forwarded.headers.delete("X-Debug");
    const answer = await fetch(forwarded);
    const out = new Response(answer.body, answer);
    out.headers.set("X-Frame-Options", "DENY");
    out.headers.append("Vary", "X-From");
    out.headers.delete("Last-Modified");
    return out;
  },
};
