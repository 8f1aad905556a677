// The page in the language that the caller likes best.
const PAGES = { de: "Hallo, Welt", en: "Hello, world", fr: "Bonjour, le monde" };

function best(accepted) {
  const wanted = accepted
    .split(",")
    .map((part) => {
      const [tag, quality] = part.trim().split(";q=");
      return { tag: tag.toLowerCase().split("-")[0], quality: Number(quality ?? "1") };
    })
    .filter(({ tag }) => tag in PAGES)
    .sort((one, other) => other.quality - one.quality);
  return wanted[0]?.tag ?? "en";
}

export default {
  async fetch(request) {
    const language = best(request.headers.get("Accept-Language") ?? "");
    const number = new Intl.NumberFormat(language).format(1234567.5);
    const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2025, 0, 31)));
    return new Response(`<p lang="${language}">${PAGES[language]}: ${number}, ${day}</p>`, {
      headers: { "Content-Type": "text/html; charset=utf-8", "Content-Language": language, Vary: "Accept-Language", "X-Served-By": "languages" },
    });
  },
};
