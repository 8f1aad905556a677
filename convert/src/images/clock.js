// Calls the script's `scheduled`, and waits for all that it waits for.
import * as script from "./MAIN";

export default {
  async fetch(request, env) {
    const waits = [];
    const context = {
      props: {},
      passThroughOnException() {},
      waitUntil(promise) {
        waits.push(promise);
      },
    };
    try {
      const controller = { ...(await request.json()), noRetry() {} };
      await script.default.scheduled(controller, env, context);
      // What is waited for may wait for more.
      for (let at = 0; at < waits.length; at += 1) await waits[at];
      return new Response(null, { status: 204 });
    } catch (error) {
      console.error(error?.stack ?? error);
      return new Response(null, { status: 500 });
    }
  },
};
