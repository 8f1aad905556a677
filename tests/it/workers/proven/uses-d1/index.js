export default { async fetch(r, env) { return Response.json(await env.DB.prepare('SELECT 1').all()); } };
