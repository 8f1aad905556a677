import { RpcTarget, WorkerEntrypoint } from "cloudflare:workers";

const CENTS = { apple: 30, pear: 45 };

class Basket extends RpcTarget {
  #lines = [];
  add(name, count) {
    this.#lines.push({ name, count });
  }
  total() {
    return this.#lines.reduce((sum, { name, count }) => sum + CENTS[name] * count, 0);
  }
  async sold(write) {
    return Promise.all(this.#lines.map(({ name }) => write(name)));
  }
}

export class Prices extends WorkerEntrypoint {
  price(sku, count = 1) {
    if (sku === null) throw new TypeError("no SKU");
    return { sku, cents: (CENTS[sku] ?? 0) * count, currency: this.env.CURRENCY };
  }
  basket() {
    return new Basket();
  }
}

export default {
  async fetch(request, env) {
    return new Response(`prices in ${env.CURRENCY}: ${request.method} ${new URL(request.url).pathname}`, { status: 202 });
  },
};
