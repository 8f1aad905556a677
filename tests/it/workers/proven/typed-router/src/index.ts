import { Router } from "./router.js";
import type { Context, Env } from "./types";

enum Level {
  Low = 1,
  High = 10,
}

const router = new Router<Env>();
router.on("GET", /^\/hello\/(?<name>[a-z]+)$/, ({ params, env }: Context<Env>) => new Response(`${env.GREETING}, ${params.name!}`));
router.on("GET", /^\/level\/(?<level>Low|High)$/, ({ params }) => Response.json({ level: Level[params.level as keyof typeof Level] }));
router.on("POST", /^\/sum$/, async ({ request }) => {
  const numbers = (await request.json()) as number[];
  if (!Array.isArray(numbers)) return new Response("no list", { status: 400 });
  return Response.json({ sum: numbers.reduce((sum, one) => sum + (typeof one === "number" ? one : 0), 0 as number) });
});

export default <ExportedHandler<Env>>{
  fetch: (request, env) => router.handle(request, env),
};
