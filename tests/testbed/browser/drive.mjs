// Chromium without a screen. One JSON document a line: first a greeting, then an answer to each command.
//   {"do": "open", "url": …} → {"ok": PAGE}
//   {"do": "submit", "fields": {NAME: TEXT}} → {"ok": PAGE}, after the one form of the page was filled and sent
//   {"do": "forget"} → {"ok": null}: no cookie is left
// A PAGE is {"url", "status", "text"}: where the browser is in the end, and what it shows.
// Run with the folder of the installed packages, a folder of its own for the browser, and `HOST:PORT` that stands for every
// host below `.example.com`, whatever its certificate. Ends with its standard input.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createInterface } from "node:readline";

const [packages, folder, server] = process.argv.slice(2);
// Where the package unpacks the program.
mkdirSync(folder, { recursive: true });
process.env.TMPDIR = folder;
const require = createRequire(`${packages}/package.json`);
const load = async (name) => (await import(pathToFileURL(require.resolve(name)).href)).default;
const chromium = await load("@sparticuz/chromium");
const puppeteer = await load("puppeteer-core");

const browser = await puppeteer.launch({
  executablePath: await chromium.executablePath(),
  args: [...chromium.args, "--no-sandbox", `--host-resolver-rules=MAP *.example.com ${server}`],
  headless: "shell",
  acceptInsecureCerts: true,
  userDataDir: `${folder}/profile`,
});
const page = await browser.newPage();

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
