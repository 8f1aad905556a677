// A test with two variants, remembered in a cookie.
const VARIANTS = ["control", "new"];

function read(request, name) {
  for (const part of (request.headers.get("Cookie") ?? "").split(";")) {
    const [key, value] = part.trim().split("=");
    if (key === name) return value;
  }
  return null;
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === "/reset") {
      const headers = new Headers({ Location: "/", "X-Served-By": "cookies" });
      headers.append("Set-Cookie", "variant=; Max-Age=0; Path=/");
      headers.append("Set-Cookie", "seen=; Max-Age=0; Path=/");
      return new Response(null, { status: 303, headers });
    }
    const known = read(request, "variant");
    const variant = VARIANTS.includes(known) ? known : VARIANTS[url.pathname.length % 2];
    const answer = new Response(`you see ${variant.toUpperCase()}`, { headers: { "X-Served-By": "cookies", Vary: "Cookie" } });
    if (variant !== known) {
      answer.headers.append("Set-Cookie", `variant=${variant}; Path=/; Secure; HttpOnly`);
      answer.headers.append("Set-Cookie", "seen=1; Path=/");
    }
    return answer;
  },
};
