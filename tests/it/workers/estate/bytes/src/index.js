// WebAssembly, bytes, a text of a kind of its own, and a part of Node by its short name.
import { createHash } from "crypto";
import add from "../add.wasm";
import notes from "./notes.md";
import table from "./table.bin";

const adding = new WebAssembly.Instance(add).exports.add;

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const headers = { "X-Served-By": "bytes" };
    if (pathname === "/add") return new Response(String(adding(40, Number(request.headers.get("X-Number") ?? "2"))), { headers });
    if (pathname === "/table") return new Response([...new Uint8Array(table)].join(","), { headers });
    if (pathname === "/notes") return new Response(notes, { headers: { ...headers, "Content-Type": "text/markdown" } });
    return new Response(createHash("sha256").update(pathname).digest("hex").toUpperCase(), { headers });
  },
};
