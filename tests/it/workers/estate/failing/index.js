// What throws is caught, and said as a problem.
function work(path) {
  if (path === "/null") return null.length;
  if (path === "/range") return new Array(-1);
  if (path === "/json") return JSON.parse("{");
  if (path === "/own") throw Object.assign(new Error("own"), { status: 418 });
  return path.toUpperCase();
}

export default {
  async fetch(request) {
    const headers = { "X-Served-By": "failing" };
    try {
      return new Response(String(work(new URL(request.url).pathname)), { headers });
    } catch (error) {
      const problem = { title: error.name, detail: error.message };
      return Response.json(problem, { status: error.status ?? 500, headers: { ...headers, "Content-Type": "application/problem+json" } });
    } finally {
      headers.done = "yes";
    }
  },
};
