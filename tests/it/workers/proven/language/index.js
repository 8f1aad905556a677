const PAGES = { de: "Guten Tag", fr: "Bonjour", en: "Good day" };

function wanted(header) {
  return (header ?? "")
    .split(",")
    .map((part) => {
      const [tag, weight] = part.trim().split(";q=");
      return { tag: tag.slice(0, 2).toLowerCase(), weight: weight ? Number(weight) : 1 };
    })
    .filter(({ tag, weight }) => tag in PAGES && weight > 0)
    .sort((one, other) => other.weight - one.weight)[0]?.tag;
}

export default {
  fetch(request) {
    const language = new URL(request.url).searchParams.get("lang") ?? wanted(request.headers.get("Accept-Language")) ?? "en";
    return new Response(PAGES[language] ?? PAGES.en, { headers: { "Content-Language": language, Vary: "Accept-Language" } });
  },
};
