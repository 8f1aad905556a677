// The source of dist/index.js, which esbuild made of it (esbuild 0.28: --bundle --format=esm --target=es2022 --minify-syntax).
import { greet } from "./greet";
import { Status } from "./status";

interface Env {
  TITLE: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const url = new URL(request.url);
    const user = url.searchParams.get("user") ?? undefined;
    if (url.pathname === "/greet") return new Response(greet(user, env.TITLE));
    if (url.pathname === "/status") return Response.json({ code: Status.Teapot, name: Status[Status.Teapot] }, { status: Status.Teapot });
    return new Response("built", { status: Status.NotFound });
  },
} satisfies ExportedHandler<Env>;
