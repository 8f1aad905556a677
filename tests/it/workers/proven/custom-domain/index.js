export default {
  fetch(request) {
    const url = new URL(request.url);
    return Response.json({ host: url.host, path: url.pathname, query: [...url.searchParams], scheme: url.protocol });
  },
};
