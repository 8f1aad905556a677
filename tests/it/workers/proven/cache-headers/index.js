// How long a file may be kept, by its name.
const RULES = [
  [/\.(?:png|jpe?g|webp)$/, "public, max-age=31536000, immutable"],
  [/\.(?:css|js)$/, "public, max-age=86400"],
  [/^\/api\//, "no-store"],
];

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const answer = await fetch(`https://files.example.net${pathname}`);
    const [, value] = RULES.find(([pattern]) => pattern.test(pathname)) ?? [null, "public, max-age=60"];
    const headers = new Headers(answer.headers);
    headers.set("Cache-Control", value);
    headers.delete("Set-Cookie");
    return new Response(answer.body, { status: answer.status, headers });
  },
};
