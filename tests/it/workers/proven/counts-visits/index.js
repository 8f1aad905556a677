const seen = new Map();

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    const count = (seen.get(pathname) ?? 0) + 1;
    seen.set(pathname, count);
    if (count > 3) return new Response("too often", { status: 429, headers: { "Retry-After": String(count) } });
    return new Response(`${count} of 3`);
  },
};
