const USER = new URLPattern({ pathname: "/users/:id(\\d+)/:page?" });
const FILE = new URLPattern({ pathname: "/files/*" });

export default {
  fetch(request) {
    const user = USER.exec(request.url);
    if (user) return Response.json(user.pathname.groups);
    const file = FILE.exec(request.url);
    if (file) return new Response(`file ${file.pathname.groups[0]}`, { headers: { "X-Kind": "file" } });
    return new Response("neither", { status: 404 });
  },
};
