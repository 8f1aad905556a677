let runs = 0;

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/runs") return new Response(`${runs} here`);
    return new Response("a clock runs beside this", { status: 404 });
  },
  async scheduled({ cron }) {
    runs += 1;
    if (cron.startsWith("*/30")) throw new Error("twice an hour is too much");
    await fetch("https://reports.example.net/hourly", { headers: { "X-Cron": cron } });
  },
};
