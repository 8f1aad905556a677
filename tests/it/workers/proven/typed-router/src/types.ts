export interface Env {
  GREETING: string;
}

export interface Context<E> {
  request: Request;
  env: E;
  params: Record<string, string | undefined>;
}
