// A key in the clear, where it should not be.
const PAYMENT_API_KEY = "pK9xLm3Qw7Zt2Vb8Rn5Ys1Hd";

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const answer = await fetch(`https://pay.example.net${pathname}`, { headers: { Authorization: `Bearer ${PAYMENT_API_KEY}` } });
    return new Response(answer.body, { status: answer.status, headers: { "X-Key-Length": String(PAYMENT_API_KEY.length > 0) } });
  },
};
