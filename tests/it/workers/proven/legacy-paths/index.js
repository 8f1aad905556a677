// The order decides: the wide rule stands before a narrow one.
const MOVED = [
  ["/blog/feed", "https://feeds.example.com/blog.xml"],
  ["/blog/", "https://blog.example.com/"],
  ["/blog/2019/", "https://never.example.com/"],
  ["/b", "https://b.example.com/"],
];

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    for (const [begin, to] of MOVED) {
      if (pathname.startsWith(begin)) return Response.redirect(to, 308);
    }
    return new Response("unmoved", { status: 200, headers: { "X-Moved": "no" } });
  },
};
