export default { fetch(request) { return new Response(`later: ${request.url}`); } };
