import type { Context } from "./types";

type Handler<E> = (context: Context<E>) => Response | Promise<Response>;

export class Router<E> {
  private readonly routes: Array<{ method: string; pattern: RegExp; handler: Handler<E> }> = [];

  on(method: string, pattern: RegExp, handler: Handler<E>): this {
    this.routes.push({ method, pattern, handler });
    return this;
  }

  async handle(request: Request, env: E): Promise<Response> {
    const { pathname } = new URL(request.url);
    for (const { method, pattern, handler } of this.routes) {
      const match = pattern.exec(pathname);
      if (!match || method !== request.method) continue;
      return handler({ request, env, params: match.groups ?? {} });
    }
    return new Response("no route", { status: 404, headers: { "X-Routes": String(this.routes.length) } });
  }
}
