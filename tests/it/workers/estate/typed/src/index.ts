import { Router } from "./router";
import type { Handler } from "./router";
import { Level, describe } from "./status.js";
import { Env, Named } from "./shapes";

const named: Named = { name: "typed" };

class Greeter<T extends Named> {
  #count = 0;
  static readonly punctuation: string = "!";
  constructor(
    private readonly whom: T,
    public loud: boolean = false,
  ) {}

  greet(greeting: string): string;
  greet(greeting: unknown): string {
    this.#count += 1;
    const text = `${greeting as string}, ${this.whom.name}${Greeter.punctuation}`;
    return this.loud ? text.toUpperCase() : text;
  }
}

const hello: Handler = (request, env): Response => {
  const loud = request.headers.get("X-Loud")! as string | null;
  const greeter = new Greeter<Named>(named, loud === "yes");
  return new Response(greeter.greet(env.GREETING!), { headers: { "X-Served-By": "typed" } });
};

const router = new Router<Env>()
  .on("/hello", hello)
  .on("/level", (request: Request): Response => {
    const wanted = request.headers.get("X-Level") ?? "Low";
    const level = Level[wanted as keyof typeof Level] as Level | undefined;
    return Response.json({ level, text: level === undefined ? null : describe(level) } satisfies Record<string, unknown>);
  });

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const answer = await router.handle(request, env);
    return answer ?? new Response(<string>`nothing at ${new URL(request.url).pathname}`, { status: 404 });
  },
} satisfies ExportedHandler<Env>;
