export default { fetch: (request, env) => env.NOBODY.fetch(request) };
