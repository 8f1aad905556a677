export default {
  async fetch(request) {
    return new Response(request.cf.country === "DE" ? "Hallo" : "Hello");
  },
};
