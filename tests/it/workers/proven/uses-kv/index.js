export default { async fetch(r, env) { return new Response(await env.FLAGS.get(new URL(r.url).pathname)); } };
