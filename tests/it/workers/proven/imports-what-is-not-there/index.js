import { answer } from "./answers.js";

export default { fetch: () => answer() };
