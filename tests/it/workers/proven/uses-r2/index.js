export default { async fetch(r, env) { const o = await env.FILES.get(new URL(r.url).pathname); return o ? new Response(o.body) : new Response(null, { status: 404 }); } };
