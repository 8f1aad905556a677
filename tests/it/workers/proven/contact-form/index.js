// Takes a form and answers with what it understood of it.
export default {
  async fetch(request) {
    if (request.method !== "POST") return Response.redirect(new URL("/contact", request.url).href, 303);
    const kind = request.headers.get("Content-Type") ?? "";
    if (!kind.includes("form")) return new Response("send a form", { status: 415 });
    const form = await request.formData();
    const email = form.get("email");
    const missing = ["email", "message"].filter((name) => !form.get(name));
    if (missing.length > 0) return Response.json({ missing }, { status: 422 });
    return Response.json({ thanks: email, letters: form.get("message").length, copy: form.has("copy") });
  },
};
