// A protocol of JSON: it counts, answers pings, and closes on what it does not know.
export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname !== "/socket" && request.headers.get("Upgrade") === "websocket") return new Response("not here", { status: 404 });
    if (request.headers.get("Upgrade") !== "websocket") return new Response("a socket is at /socket");
    const { 0: client, 1: server } = new WebSocketPair();
    let count = 0;
    server.accept();
    server.addEventListener("message", ({ data }) => {
      count += 1;
      let message;
      try {
        message = JSON.parse(data);
      } catch {
        return server.send(JSON.stringify({ type: "error", count, text: String(data).slice(0, 5) }));
      }
      if (message.type === "ping") return server.send(JSON.stringify({ type: "pong", count }));
      server.close(4000, `unknown after ${count}`);
    });
    return new Response(null, { status: 101, webSocket: client, headers: { "X-Protocol": "counting" } });
  },
};
