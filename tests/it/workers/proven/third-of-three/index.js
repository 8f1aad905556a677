export default {
  async fetch(request, env) {
    const name = request.headers.get("X-Name");
    return new Response(`3 ${await request.text()} for ${name} in ${env.PLACE}`, { status: name === "nobody" ? 401 : 200 });
  },
};
