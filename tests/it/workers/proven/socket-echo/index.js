export default {
  async fetch(request) {
    if (request.headers.get("Upgrade") !== "websocket") return new Response("this is for sockets", { status: 426, headers: { "X-Wants": "websocket" } });
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.send("welcome");
    server.addEventListener("message", ({ data }) => server.send(`echo: ${data}`));
    return new Response(null, { status: 101, webSocket: client });
  },
};
