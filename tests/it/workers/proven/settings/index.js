// Variables of every kind.
export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    const [, section, field] = pathname.split("/");
    const value = { limits: env.LIMITS, flags: env.FLAGS, name: env.NAME, number: env.NUMBER, off: env.OFF }[section];
    if (value === undefined) return new Response("no such setting", { status: 404 });
    if (env.OFF === false && section === "off") return new Response("it is on");
    return Response.json({ type: Array.isArray(value) ? "list" : typeof value, value: field ? value[field] ?? null : value });
  },
};
