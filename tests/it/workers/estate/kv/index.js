export default {
  async fetch(request, env) {
    return new Response(await env.TABLE.get(new URL(request.url).pathname));
  },
};
