// Opens pages in Chromium and prints, as JSON, for each page in two looks: the
// findings of axe-core, whether the page is wider than the window, the errors of the console, the
// requests to other hosts, and the elements that the Tab key reaches. Reads from standard input:
// {"chromium": path, "pages": {name: url}, "screenshots": folder, optional}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The packages are in the folder in which this program runs.
const packages = createRequire(`${process.cwd()}/`);
const { chromium } = packages("playwright-core");
const { source } = packages("axe-core");
const asked = JSON.parse(readFileSync(0, "utf8"));
const SERIOUS = new Set(["serious", "critical"]);
const MOST_TABS = 200;
// Each width and each scheme once: their rules in the style sheet are independent.
const LOOKS = [[1280, "light"], [400, "dark"]];

async function reached(page) {
  const names = [];
  for (let number = 0; number < MOST_TABS; number += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const active = document.activeElement;
      return active === document.body ? null
        : active.getAttribute("aria-label") || active.textContent || active.name;
    });
    if (name === null) break;
    names.push(name);
  }
  return names;
}

async function inspected(browser, url, width, scheme, screenshot) {
  const context = await browser.newContext({
    viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true,
  });
  const page = await context.newPage();
  const errors = [];
  const hosts = new Set();
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("dialog", (dialog) => { errors.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const tabs = await reached(page);
  await context.close();
  const findings = violations.filter(({ impact }) => SERIOUS.has(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`);
  return { width, scheme, findings, wider, errors, hosts: [...hosts], tabs };
}

const browser = await chromium.launch({ executablePath: asked.chromium, args: ["--no-sandbox"] });
const results = {};
for (const [name, url] of Object.entries(asked.pages)) {
  results[name] = [];
  for (const [width, scheme] of LOOKS) {
    const file = asked.screenshots && `${asked.screenshots}/${name}-${width}-${scheme}.png`;
    results[name].push(await inspected(browser, url, width, scheme, file));
  }
}
await browser.close();
console.log(JSON.stringify(results));
