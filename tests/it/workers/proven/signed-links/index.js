// A link carries its own signature.
const encode = new TextEncoder();

async function key(secret) {
  return crypto.subtle.importKey("raw", encode.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const signing = await key(env.SIGNING_KEY);
    if (url.pathname.startsWith("/sign/")) {
      const path = url.pathname.slice("/sign".length);
      return Response.json({ path, signature: hex(await crypto.subtle.sign("HMAC", signing, encode.encode(path))) });
    }
    const given = url.searchParams.get("signature");
    if (!given) return new Response("unsigned", { status: 401 });
    const right = hex(await crypto.subtle.sign("HMAC", signing, encode.encode(url.pathname)));
    return given === right ? new Response("welcome") : new Response("wrong signature", { status: 403 });
  },
};
