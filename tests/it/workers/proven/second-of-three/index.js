export default {
  async fetch(request, env) {
    const way = `${request.headers.get("X-Way")} two`;
    const answer = await env.LAST.fetch("http://anybody/", { method: "POST", body: way, headers: { "X-Name": request.headers.get("X-Name") } });
    return new Response(`2 ${await answer.text()}`, { status: answer.status, headers: { "X-Second": "yes" } });
  },
};
