const PAGE = "<!doctype html><title>Back soon</title><p>We are back at noon.</p>";

export default {
  async fetch() {
    return new Response(PAGE, {
      status: 503,
      headers: { "Content-Type": "text/html", "Retry-After": "3600", "Cache-Control": "no-store" },
    });
  },
};
