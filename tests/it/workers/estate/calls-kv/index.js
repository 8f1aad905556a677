export default { fetch: (request, env) => env.TABLE.fetch(request) };
