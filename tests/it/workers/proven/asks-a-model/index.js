export default { async fetch(r, env) { return Response.json(await env.AI.run('@cf/meta/llama-3-8b-instruct', { prompt: 'hi' })); } };
