export default { fetch(request) { return fetch('https://pics.example.net' + new URL(request.url).pathname, { cf: { image: { width: 100 } } }); } };
