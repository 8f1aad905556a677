export default { async fetch(r, env) { await env.JOBS.send({ url: r.url }); return new Response('sent', { status: 202 }); } };
