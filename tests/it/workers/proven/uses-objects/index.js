import { DurableObject } from "cloudflare:workers";

export class Room extends DurableObject {
  async fetch() {
    return new Response("a room");
  }
}

export default {
  async fetch(request, env) {
    return env.ROOMS.get(env.ROOMS.idFromName("a")).fetch(request);
  },
};
