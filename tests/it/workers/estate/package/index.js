import { Router } from "some-router";
export default Router().get("/", () => new Response("x"));
