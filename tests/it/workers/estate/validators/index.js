// Functions that are called as handlers are, and are none.
const validators = {
  email: (value) => /^[^@\s]+@[^@\s]+$/.test(value),
  queue: (value) => ["a", "b"].includes(value),
  tail(value) {
    return value.slice(1);
  },
};

export default {
  async fetch(request) {
    const [, kind, ...rest] = new URL(request.url).pathname.split("/");
    const validate = validators[kind];
    const headers = { "X-Served-By": "validators" };
    if (!validate) return Response.json({ known: Object.keys(validators), asked: kind.toUpperCase() }, { status: 404, headers });
    return Response.json({ kind, result: validate(decodeURIComponent(rest.join("/"))) }, { headers });
  },
};
