// A browser, and what is checked on each page that it shows.
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const SHOTS = new URL("./shots/", import.meta.url).pathname;
mkdirSync(SHOTS, { recursive: true });

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** What did not hold, in words; the run goes on, so that one run tells all. */
export const problems = [];

export function claim(holds, what) {
  if (holds) return;
  problems.push(what);
  console.log(`  NOT: ${what}`);
}

export async function launch(more = []) {
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "noout-browser-")), {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}

/** A browser of its own for one reader: size, scheme, language, with or without JavaScript. */
export async function reader(context, options) {
  const browser = context.browser() ?? context;
  const { viewport = DESKTOP, scheme = "dark", locale = "en-GB", javascript = true, missing = false, ignore = null } = options;
  const own = await browser.newContext({
    viewport,
    colorScheme: scheme,
    locale,
    javaScriptEnabled: javascript,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
    hasTouch: viewport === PHONE,
    timezoneId: "Europe/Madrid",
  });
  const page = await own.newPage();
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => {
    // A page that is not there is told by the browser as an error, too.
    if (missing && /status of 40\d|status of 422/.test(message.text())) return;
    if (message.type() === "error" && !ignore?.test(message.text())) claim(false, `${page.url()}: console says ${message.text()}`);
  });
  page.on("pageerror", (error) => claim(false, `${page.url()}: ${error.message}`));
  return page;
}

/** WCAG 2.2 AA as far as a machine sees it. The policy forbids foreign scripts, so axe comes in by evaluation. */
export async function accessible(page, name) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  for (const v of result.violations) {
    const where = v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${n.failureSummary?.split("\n")[1]?.trim() ?? ""}`);
    const text = `${name}: ${v.impact}: ${v.help}: ${where.join(" | ")}`;
    if (v.impact === "serious" || v.impact === "critical") claim(false, text);
    else console.log(`  note: ${text}`);
  }
}

export async function fits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  claim(over <= 0, `${name}: ${over} px wider than the screen`);
}

/** On a phone, everything that is pressed is high enough for a thumb. */
export async function thumbs(page, name) {
  const small = await page.evaluate(() => {
    const seen = (e) => e.getClientRects().length && !e.closest(".skip, dialog, svg");
    const high = (e) => Math.round((e.matches("input[type=radio], input[type=checkbox]") ? e.closest("label") : e).getBoundingClientRect().height);
    const all = [...document.querySelectorAll("main :is(a, button, summary, select, input:not([type=hidden])), .guide :is(a, button, summary), nav :is(a, button, summary)")];
    return all.filter((e) => seen(e) && high(e) < 43).map((e) => `${e.tagName} “${e.textContent.trim().slice(0, 24)}” ${high(e)} px`);
  });
  claim(!small.length, `${name}: too small for a thumb: ${[...new Set(small)].join(", ")}`);
}

export async function shot(page, name, full = false) {
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: full });
}
