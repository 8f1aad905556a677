type Moved = Record<string, string>;

const status: 301 | 302 = 301;
const moved: Moved = {
  "/about": "https://www.example.com/company",
  "/jobs": "https://careers.example.com/",
};

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url) as URL;
    const to: string | undefined = (moved as Moved)[pathname];
    return to ? Response.redirect(to!, status) : new Response("gone", { status: 410 });
  },
} satisfies ExportedHandler;
