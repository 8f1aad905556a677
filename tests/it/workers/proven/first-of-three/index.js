export default {
  async fetch(request, env) {
    const answer = await env.NEXT.fetch(new Request(request, { headers: { "X-Way": "one", "X-Name": request.headers.get("X-Name") ?? "nobody" } }));
    return new Response(`1 ${await answer.text()}`, answer);
  },
};
