// Chromium without a screen. One JSON document a line: first a greeting, then an answer to each command.
//   {"do": "open", "url": …} → {"ok": PAGE}
//   {"do": "submit", "fields": {NAME: TEXT}} → {"ok": PAGE}, after the one form of the page was filled and sent
//   {"do": "cookies"} → {"ok": TEXT}: the cookies of the page, as a request has them
//   {"do": "forget"} → {"ok": null}: no cookie is left
//   {"do": "look", "theme": "light"|"dark", "scripts": bool, "width": PIXELS} → {"ok": null}: how pages are shown from now on
//   {"do": "shows", "selector": CSS} → {"ok": [{TEXT, COLOURS, WIDTHS}]}: how each such element looks
//   {"do": "picture", "file": PATH} → {"ok": null}: the whole page as PNG
//   {"do": "problems"} → {"ok": [TEXT]}: errors of the console, of pages and of loading since the last time
// A PAGE is {"url", "status", "text"}: where the browser is in the end, and what it shows.
// Run with the folder of the installed packages, the program of Chromium, a folder of its own for the browser, and the rules by
// which it finds hosts instead of by their names (`MAP HOST ADDRESS`); whatever their certificates. Ends with its standard input.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createInterface } from "node:readline";

const [packages, chromium, folder, rules] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const require = createRequire(`${packages}/package.json`);
const puppeteer = (await import(pathToFileURL(require.resolve("puppeteer-core")).href)).default;

const browser = await puppeteer.launch({
  executablePath: chromium,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--host-resolver-rules=${rules}`,
  ],
  headless: true,
  acceptInsecureCerts: true,
  userDataDir: `${folder}/profile`,
  env: { ...process.env, HOME: folder, TMPDIR: folder },
});
const page = await browser.newPage();
let problems = [];
page.on("console", (said) => ["error", "warn"].includes(said.type()) && problems.push(`console: ${said.text()}`));
page.on("pageerror", (error) => problems.push(`page: ${error}`));
page.on("requestfailed", (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`));

// What the browser shows once it stays where it is; a login goes to and fro.
async function shown(going) {
  const answer = await going;
  await page.waitForNetworkIdle({ idleTime: 300, timeout: 20_000 }).catch(() => {});
  const text = await page.evaluate(() => document.body?.innerText ?? "");
  return { url: page.url(), status: answer?.status() ?? 0, text };
}

const commands = {
  open: ({ url }) => shown(page.goto(url, { waitUntil: "load", timeout: 30_000 })),
  async submit({ fields }) {
    for (const [name, text] of Object.entries(fields)) await page.locator(`[name="${name}"]`).fill(text);
    const [answer] = await Promise.all([
      page.waitForNavigation({ waitUntil: "load", timeout: 30_000 }),
      page.evaluate(() => document.querySelector("form").requestSubmit()),
    ]);
    return shown(answer);
  },
  async cookies() {
    const session = await page.createCDPSession();
    const { cookies } = await session.send("Network.getCookies");
    return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  },
  async look({ theme, scripts, width }) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.setJavaScriptEnabled(scripts);
    await page.setViewport({ width, height: 900 });
    return null;
  },
  shows: ({ selector }) =>
    page.$$eval(selector, (elements) =>
      elements.map((element) => {
        const style = getComputedStyle(element);
        // What is behind it is the nearest ground that is not clear.
        let ground = element;
        while (ground && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
        return {
          text: element.textContent,
          color: style.color,
          ground: ground ? getComputedStyle(ground).backgroundColor : "rgb(255, 255, 255)",
          width: element.scrollWidth,
          room: element.clientWidth,
        };
      }),
    ),
  async picture({ file }) {
    await page.screenshot({ path: file, fullPage: true });
    return null;
  },
  async problems() {
    const seen = problems;
    problems = [];
    return seen;
  },
  async forget() {
    const session = await page.createCDPSession();
    await session.send("Network.clearBrowserCookies");
    return null;
  },
};

const say = (document) => process.stdout.write(`${JSON.stringify(document)}\n`);
say({ port: 0, version: await browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    say({ ok: await commands[command.do](command) });
  } catch (error) {
    say({ error: String(error?.stack ?? error) });
  }
}
await browser.close();
