// Two versions of a page; who has seen one keeps it.
const COOKIE = "experiment=";

class Title {
  constructor(words) {
    this.words = words;
  }
  element(element) {
    element.setInnerContent(this.words);
    element.setAttribute("data-experiment", this.words.length.toString());
  }
}

export default {
  async fetch(request) {
    const cookie = request.headers.get("Cookie") ?? "";
    const group = cookie.includes(`${COOKIE}blue`) ? "blue" : cookie.includes(`${COOKIE}green`) ? "green" : null;
    const answer = await fetch("https://pages.example.net/landing");
    const chosen = group ?? (new URL(request.url).searchParams.get("group") === "green" ? "green" : "blue");
    const changed = new HTMLRewriter().on("h1", new Title(`The ${chosen} page`)).transform(answer);
    const out = new Response(changed.body, changed);
    if (!group) out.headers.append("Set-Cookie", `${COOKIE}${chosen}; Path=/; HttpOnly`);
    return out;
  },
};
