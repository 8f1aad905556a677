export default { fetch(request) { return new Response(`hello, ${request.cf.country}`); } };
