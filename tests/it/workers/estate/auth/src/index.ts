import { WorkerEntrypoint } from "cloudflare:workers";

interface Env {
  MODE: string;
}

export class Accounts extends WorkerEntrypoint<Env> {
  user(name: string) {
    const mode = this.env.MODE;
    return { name, mode, next: () => `${name} after ${mode}` };
  }

  async fail(reason: string): Promise<never> {
    throw new Error(reason);
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const text = `${request.method} ${new URL(request.url).pathname} in ${env.MODE}`;
    return new Response(text, { status: 203, headers: { "X-Auth": env.MODE, "X-Served-By": "auth" } });
  },
} satisfies ExportedHandler<Env>;
