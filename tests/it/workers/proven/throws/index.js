// Some ways end in an error that nobody catches.
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/undefined") return undefined;
    if (pathname === "/json") return Response.json(JSON.parse("{"));
    if (pathname === "/caught") {
      try {
        null.length;
      } catch (error) {
        return new Response(error.constructor.name, { status: 500 });
      }
    }
    if (pathname.startsWith("/status/")) return new Response("as you wish", { status: Number(pathname.slice(8)) });
    return new Response("fine");
  },
};
