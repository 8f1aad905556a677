// A cookie with a signature of the runtime's own cryptography.
async function sign(env, text) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(env.SESSION_SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)))));
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const cookies = Object.fromEntries((request.headers.get("Cookie") ?? "").split(/;\s*/).filter(Boolean).map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
    if (url.pathname === "/login") {
      const user = url.searchParams.get("user") ?? "guest";
      return new Response("in", { headers: { "Set-Cookie": `session=${user}.${await sign(env, user)}; HttpOnly; Secure` } });
    }
    const [user, signature] = (cookies.session ?? "").split(/\.(.*)/s);
    if (!signature) return new Response("nobody", { status: 401 });
    return signature === (await sign(env, user)) ? new Response(`you are ${user}`) : new Response("forged", { status: 403 });
  },
};
