interface Row {
  readonly from: string;
  readonly to: string;
  readonly status?: 301 | 302;
}

const ROWS: readonly Row[] = [
  { from: "/a", to: "https://www.example.com/a" },
  { from: "/b", to: "https://www.example.com/b", status: 302 },
];

export default {
  async fetch(request: Request): Promise<Response> {
    const path: string = new URL(request.url).pathname;
    const row = ROWS.find((one) => one.from === path);
    return row ? Response.redirect(row.to, row.status ?? 301) : new Response("none", { status: 404 });
  },
} satisfies ExportedHandler;
