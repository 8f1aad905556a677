import { type Env as Bindings } from "../shapes";

export type Handler<E = Bindings> = (
  request: Request,
  env: E,
) => Response | Promise<Response>;

export class Router<E> {
  private routes: Array<{ path: string; handler: Handler<E> }> = [];

  public on(path: string, handler: Handler<E>): this {
    this.routes.push({ path, handler } as { path: string; handler: Handler<E> });
    return this;
  }

  async handle(request: Request, env: E): Promise<
    Response | undefined
  > {
    const { pathname }: URL = new URL(request.url);
    const found = this.routes.find((one): one is (typeof this.routes)[number] => one.path === pathname);
    return found?.handler(request, env);
  }
}
