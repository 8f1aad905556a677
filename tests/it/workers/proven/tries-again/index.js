// A second address where the first one fails.
const PLACES = ["https://one.example.net", "https://two.example.net"];

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const tried = [];
    for (const place of PLACES) {
      const answer = await fetch(place + pathname, { redirect: "manual", signal: AbortSignal.timeout(5000) });
      tried.push(answer.status);
      if (answer.status < 500) return new Response(await answer.text(), { status: answer.status, headers: { "X-Tried": tried.join(",") } });
    }
    return new Response("nobody answers", { status: 504, headers: { "X-Tried": tried.join(",") } });
  },
};
