// Walks the story of the demo through the console, as people would, and looks at each screen.
import { DESKTOP, PHONE, accessible, claim, fits, launch, problems, reader, shot, thumbs } from "./lib.mjs";

const base = process.argv[2].replace(/\/$/, "");
const status = process.argv[3].replace(/\/$/, "");
const context = await launch();
const started = Date.now();
const say = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);

/** Waits until a question has an answer. */
async function until(what, ask, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((done) => setTimeout(done, 250));
  }
}

const VARIANTS = [
  ["desktop-dark", { viewport: DESKTOP, scheme: "dark" }],
  ["desktop-light", { viewport: DESKTOP, scheme: "light" }],
  ["phone-dark", { viewport: PHONE, scheme: "dark" }],
  ["phone-light", { viewport: PHONE, scheme: "light" }],
];

/** Somebody else, in a browser of their own. */
async function somebody(who, options = {}) {
  const page = await reader(context, { viewport: DESKTOP, scheme: "dark", ...options });
  await page.goto(`${base}/`);
  await become(page, who);
  return page;
}

/** Looks at some screens in all variants. */
async function look(screens, only = VARIANTS) {
  for (const [variant, options] of only) {
    const page = await reader(context, options);
    await page.goto(`${base}/`);
    for (const [name, path] of screens) {
      const answer = await page.goto(base + path);
      claim(answer.ok(), `${path}: ${answer.status()}`);
      await page.waitForTimeout(150);
      await shot(page, `${name}-${variant}`);
      await fits(page, `${name}-${variant}`);
      if (options.viewport === PHONE) await thumbs(page, `${name}-${variant}`);
      await accessible(page, `${name}-${variant}`);
    }
    await page.context().close();
  }
}

async function become(page, who) {
  const cookie = await page.evaluate(() => document.querySelector("input[name=csrf]").value);
  const answer = await page.request.post(`${base}/demo/be/${who}`, {
    form: { csrf: cookie, back: "/" },
    maxRedirects: 0,
  });
  claim(answer.status() === 303, `be ${who}: ${answer.status()}`);
  await page.goto(`${base}/`);
}

const ana = await reader(context, { viewport: DESKTOP, scheme: "dark" });
await ana.goto(`${base}/`);
await shot(ana, "calm-desktop-dark");
const incident = await until("an incident", async () => {
  const link = ana.locator('.needs a[href^="/incidents/"]').first();
  return (await link.count()) ? link.getAttribute("href") : null;
}, 90);
say(`the fan was noticed: ${incident}`);

// The phone at three in the morning. -------------------------------------------------------------------------------
const phoneLink = await until("a page on the phone", async () => {
  await ana.goto(`${base}/`);
  const link = ana.locator("a.guide-phone");
  return (await link.count()) ? link.getAttribute("href") : null;
}, 30);
for (const scheme of ["dark", "light"]) {
  const phone = await reader(context, { viewport: PHONE, scheme });
  let bytes = 0;
  const heads = [];
  phone.on("response", (response) => heads.push(response.body().then((b) => { bytes += b.length; }, () => {})));
  await phone.goto(base + phoneLink, { waitUntil: "load" });
  await Promise.all(heads.filter((_, at) => at < 8).map((h) => Promise.race([h, new Promise((r) => setTimeout(r, 800))])));
  await shot(phone, `page-${scheme}`);
  const high = await phone.evaluate(() => {
    const page = document.getElementById("live");
    return [page.scrollHeight - page.clientHeight, document.documentElement.scrollHeight - innerHeight];
  });
  claim(high[0] <= 0 && high[1] <= 0, `the page view scrolls by ${high} px`);
  claim(bytes > 1000 && bytes < 30_000, `the page view weighs ${bytes} bytes`);
  const title = await phone.locator("h1").innerText();
  claim(title.split(/\s+/).length <= 12, `the headline has more than 12 words: ${title}`);
  // In one go: the page refreshes itself, and the button may be a new one a moment later.
  const box = await phone.evaluate(() => document.querySelector("button.ack").getBoundingClientRect().toJSON());
  claim(box.height >= 56 && box.width >= 350 && box.y > 500, `the button is not in the thumb zone: ${JSON.stringify(box)}`);
  const ground = await phone.evaluate(() => getComputedStyle(document.body).backgroundColor);
  claim(ground === "rgb(14, 17, 22)", `the page view is not dark: ${ground}`);
  await fits(phone, `page-${scheme}`);
  await accessible(phone, `page-${scheme}`);
  say(`page view, ${scheme}: ${bytes} bytes`);
  await phone.context().close();
}

const screens = [
  ["now", "/"],
  ["incidents", "/incidents"],
  ["incident", incident],
  ["notice", `${incident}/notice`],
  ["maintenances", "/maintenance"],
  ["schedule", "/schedule"],
  ["hours", "/schedule/hours"],
  ["sources", "/sources"],
  ["silences", "/silences?matchers=host%3D%22pve3%22"],
  ["routes", "/routes?labels=alertname%3D%22HostDown%22%2C+severity%3D%22critical%22"],
  ["heartbeats", "/heartbeats"],
  ["fleet", "/fleet"],
  ["lab", "/lab/lab"],
  ["me", "/people/me"],
];
await look(screens);
say("screens looked at");

// On a phone five places stand at the bottom, and the others behind the last of them, also without JavaScript. ------------
for (const javascript of [true, false]) {
  const page = await reader(context, { viewport: PHONE, javascript });
  await page.goto(`${base}/`);
  const bar = await page.locator("#nav :is(.places a, #more summary)").evaluateAll((all) => all.map((e) => {
    const { left, right } = e.getBoundingClientRect();
    return { left, right, over: e.scrollWidth - e.clientWidth };
  }));
  claim(bar.length === 5 && bar.every((e) => e.left >= 0 && e.right <= PHONE.width && e.over <= 0), `the bar at the bottom: ${JSON.stringify(bar)}`);
  claim(!(await page.locator("#nav .places-more a").first().isVisible()), "what is behind More stands there unasked");
  await page.locator("#more summary").click();
  const behind = await page.locator("#nav .places-more :is(a, button)").evaluateAll((all) => all.map((e) => e.getBoundingClientRect().height));
  claim(behind.length >= 7 && behind.every((high) => high >= 44), `behind More: ${behind}`);
  await shot(page, `more-${javascript ? "script" : "plain"}`);
  if (javascript) await accessible(page, "more");
  await Promise.all([page.waitForNavigation(), page.locator('#nav a[href="/requests"]').click()]);
  claim(await page.locator("#nav a[href='/requests'][aria-current=page]").count(), "More does not lead to the requests");
  await page.context().close();
}

// Another team wants something now; somebody takes it, and the team decides what follows from it. -------------------------
const asks = await somebody("chloe");
await asks.goto(`${base}/requests`);
const wish = async (title, urgency, team) => {
  await asks.locator("input[name=title]").fill(title);
  await asks.locator("textarea[name=text]").fill("The invoices of December take 2 TB, and the volume has 300 GB left.");
  await asks.locator("select[name=urgency]").selectOption(urgency);
  await asks.locator("#d-other summary").click();
  await asks.locator("input[name=name]").fill("Nora Beck");
  await asks.locator("input[name=team]").fill(team);
  await asks.locator("input[name=mail]").fill("nora.beck@billing.example.org");
  await Promise.all([asks.waitForURL(/\/requests\/\d+$/), asks.locator("main button.primary").click()]);
  return new URL(asks.url()).pathname;
};
const calm = await wish("More disk for the invoices of December", "this_week", "Billing");
await asks.goto(`${base}/requests`);
const pressing = await wish("The invoices hang since noon", "interrupts", "Billing");
await asks.goto(`${base}/`);
claim(await asks.locator(`.needs a[href="${pressing}"]`).count(), "what wants to interrupt planned work waits for nobody");
const takes = await somebody("bo");
await takes.goto(`${base}/requests`);
await Promise.all([takes.waitForNavigation(), takes.locator(`form[action="${pressing}/take"] button`).click()]);
claim((await takes.locator(`tr[data-row="${pressing}"] .me`).count()) === 1, "one click does not take a request");
await until("Bo's name on the page of who asks", async () => (await asks.locator("#live").innerText()).includes("Bo Lindqvist"), 15);
await takes.goto(base + calm);
await Promise.all([takes.waitForNavigation(), takes.locator('a[href^="/decisions?request="]').click()]);
await takes.locator("input[name=title]").fill("Buy disks now, or move the invoices to the archive?");
await takes.locator("textarea[name=options]").fill("Buy disks\nMove them to the archive");
await Promise.all([takes.waitForURL(/\/decisions\/\d+$/), takes.locator("main button.primary").click()]);
const question = new URL(takes.url()).pathname;
await takes.locator("input[name=choice]").first().check();
await takes.locator("textarea[name=words]").fill("The archive is full by March as well.");
await Promise.all([takes.waitForNavigation(), takes.locator("#rail button.primary").click()]);
await look([["requests", "/requests"], ["request", pressing], ["meeting", "/meeting"], ["decisions", "/decisions"], ["decision", question]]);
for (const lang of ["fr", "de"]) {
  for (const [variant, options] of [VARIANTS[1], VARIANTS[2]]) {
    const page = await reader(context, { ...options, locale: lang });
    await page.goto(`${base}/`);
    await page.request.post(`${base}/language`, { form: { lang, back: "/" } });
    for (const [name, path] of [["now", "/"], ["requests", "/requests"], ["request", pressing], ["meeting", "/meeting"], ["decision", question]]) {
      await page.goto(base + path);
      await shot(page, `${name}-${variant}-${lang}`);
      await fits(page, `${name}-${variant}-${lang}`);
    }
    await page.context().close();
  }
}
await takes.goto(base + pressing);
await takes.locator("#d-done summary").click();
await takes.locator("#d-done textarea").fill("A job held a lock; it is gone.");
await Promise.all([takes.waitForNavigation(), takes.locator("#d-done button").click()]);
claim(await takes.locator(".strip-note").count(), "a request that is done does not say what it interrupted");
await takes.goto(base + question);
await takes.locator("#d-close summary").click();
await takes.locator("#d-close textarea[name=decided]").fill("We buy disks.");
await takes.locator("#d-close textarea[name=why]").fill("Nobody is against it.");
await Promise.all([takes.waitForNavigation(), takes.locator("#d-close button").click()]);
await shot(takes, "decision-closed-desktop-dark", true);
await Promise.all([asks.context().close(), takes.context().close()]);
say("a request that interrupted, and a decision");

// What customers see, and addresses at which there is nothing. -----------------------------------------------------------
for (const [variant, options] of [VARIANTS[0], VARIANTS[3]]) {
  for (const lang of ["en", "fr", "de"]) {
    const page = await reader(context, { ...options, locale: lang });
    claim((await page.goto(`${status}/${lang}/`)).ok(), `the status page in ${lang}`);
    await shot(page, `status-${lang}-${variant}`, true);
    await fits(page, `status-${lang}-${variant}`);
    await accessible(page, `status-${lang}-${variant}`);
    await page.context().close();
  }
  const page = await reader(context, { ...options, missing: true });
  for (const [name, url] of [["nowhere", `${base}/nowhere`], ["nowhere-status", `${status}/nowhere/at/all`], ["no-incident", `${base}/incidents/999`]]) {
    const answer = await page.goto(url);
    claim(answer.status() === 404 && (await page.locator("h1").innerText()).length > 5, `${url}: ${answer.status()} without words`);
    claim(answer.headers()["content-security-policy"], `${url} carries no policy`);
    await shot(page, `${name}-${variant}`);
    await fits(page, `${name}-${variant}`);
    await accessible(page, `${name}-${variant}`);
  }
  const form = await page.goto(`${base}${incident}/ack`);
  claim(form.status() === 405 && (await page.locator(`main a[href="${incident}"]`).count()) === 1, "a form's address leads nowhere");
  await page.context().close();
}
say("the status page, and pages that are not there");

// One acknowledges; the other's page says so, and its old button does not take over in silence. --------------------------
await ana.goto(base + incident);
claim((await ana.locator("#guide").getAttribute("data-show")) === "ack", "the guide does not say what to press");
claim(!(await ana.locator(`#guide .guide-next a[href="${incident}"]`).count()), "the guide has a button that does nothing");
const csrf = await ana.locator('#rail form[action$="/ack"] input[name=csrf]').first().getAttribute("value");
await ana.locator("#d-announce summary").click();
await ana.locator("#d-announce textarea").fill("half a sentence");
await ana.locator("h1").click();
const bo = await somebody("bo");
await bo.goto(base + incident);
await bo.locator("#rail [data-ack]").click();
await until("Bo's name on Ana's page", async () => (await ana.locator("#live .sum").innerText()).includes("Bo Lindqvist"), 15);
claim(!(await ana.locator("#rail [data-ack]").count()), "Ana's page still offers to acknowledge what Bo has");
claim((await ana.locator('#rail form[action$="/ack"] button').count()) === 1, "Ana's page does not offer to take it over");
claim((await ana.locator("#d-announce textarea").inputValue()) === "half a sentence", "the refresh took a text away");
await shot(ana, "acked-by-another-desktop-dark");
const late = await ana.request.post(`${base}${incident}/ack`, { form: { csrf, owner: "" }, headers: { accept: "text/html" }, maxRedirects: 0 });
claim(late.status() === 409 && (await late.text()).includes("Bo Lindqvist"), `an acknowledgement from an old page: ${late.status()}`);
await ana.reload();
claim((await ana.locator("#live .sum").innerText()).includes("Bo Lindqvist"), "Ana took over without knowing it");
say("the acts follow what happened");

// Without JavaScript a form is enough. -----------------------------------------------------------------------------
const plain = await reader(context, { viewport: PHONE, javascript: false });
await plain.goto(base + phoneLink);
await plain.locator("button.ack").click();
await plain.locator(".answer.ok").waitFor();
await shot(plain, "page-acked");
say(`acknowledged without JavaScript: ${await plain.locator(".answer.ok").innerText()}`);
await plain.context().close();

// The plan, its proposal and its approval. --------------------------------------------------------------------------
await ana.goto(base + incident);
claim(await ana.locator(".timeline .human").count() > 0, "the acknowledgement does not stand in the timeline");
let plan = await until("a plan", async () => {
  await ana.goto(`${base}/maintenance`);
  const link = ana.locator('#live a[href^="/maintenance/"]').first();
  if (await link.count()) return link.getAttribute("href");
  await ana.goto(base + incident);
  const ask = ana.locator('form[action$="/maintenance"]');
  if (await ask.count()) await ask.evaluate((form) => form.submit());
  return null;
});
await until("a plan to read", async () => {
  await ana.goto(base + plan);
  return ana.locator('form[action$="/propose"]').count();
});
await look([["plan", plan]]);
await bo.goto(base + plan);
const host = (await ana.locator("h1").innerText()).split(/\s/)[0];
await ana.locator('form[action$="/propose"] button').click();
await ana.waitForLoadState();
const other = await ana.locator('.guide form[action^="/demo/be/"]').first().getAttribute("action");
const approver = other.split("/").pop();
await become(ana, approver);
await ana.goto(base + plan);
await ana.locator('form[action$="/approve"] input[name=host]').fill("pve99");
claim(await ana.locator('form[action$="/approve"] input[name=host]:invalid').count(), "a wrong name of a host is not seen before it is sent");
const slip = await reader(context, { viewport: DESKTOP, locale: "de", missing: true });
await slip.goto(`${base}/`);
await become(slip, approver);
await slip.request.post(`${base}/language`, { form: { lang: "de", back: "/" } });
await slip.goto(base + plan);
await slip.locator('form[action$="/approve"]').evaluate((form) => { form.noValidate = true; });
await slip.locator('form[action$="/approve"] input[name=host]').fill("pve99");
await Promise.all([slip.waitForNavigation(), slip.locator('form[action$="/approve"] button').click()]);
claim(/pve99/.test(await slip.locator("main").innerText()) && !/found|allowed/.test(await slip.locator("main").innerText()), "a refusal is not in the reader's language");
await shot(slip, "wrong-host-de");
await slip.waitForTimeout(3000);
await Promise.all([slip.waitForNavigation(), slip.locator(".langs button[value=fr]").click()]);
claim(slip.url() === base + plan && (await slip.locator("html").getAttribute("lang")) === "fr", `another language after a refusal leads to ${slip.url()}`);
await slip.context().close();
await ana.locator('form[action$="/approve"] input[name=host]').fill(host);
await shot(ana, "approve-desktop-dark");
await ana.locator('form[action$="/approve"] button').click();
await ana.locator(".steps").waitFor();
say(`${approver} approved`);

// The run, live: the page moves without being loaded again. ----------------------------------------------------------
const done = async () => Number((await ana.locator(".clockbar").innerText()).match(/(\d+)\s*\/\d+/)?.[1] ?? 0);
const before = await done();
await until("steps that show without a reload", async () => (await done()) > before);
await shot(ana, "run-desktop-dark");
await until("Hold on Bo's page, which was not loaded again", async () => bo.locator("#d-hold").count(), 15);
await look([["run", plan]], [VARIANTS[1], VARIANTS[2]]);
const pocket = await reader(context, { viewport: PHONE });
await pocket.goto(`${base}/`);
await pocket.goto(base + plan);
const tops = await pocket.evaluate(() => ["h1", "#d-hold", ".steps"].map((q) => document.querySelector(q).getBoundingClientRect().top));
claim(tops[0] < tops[1] && tops[1] < tops[2] && tops[1] < 1100, `on a phone the heading, Hold and the steps begin at ${tops.map(Math.round)}`);
await pocket.context().close();

const order = `/orders/${plan.split("/").pop()}`;
await until("the work order", async () => {
  await ana.goto(base + plan);
  return ana.locator(".strip-maint").count();
}, 240);
await shot(ana, "hands-desktop-dark");
await look([["order", order], ["run-away", plan], ["fleet-away", "/fleet"], ["now-away", "/"]]);
say("the host is off; the work order waits");
for (const lang of ["en", "fr", "de"]) {
  const page = await reader(context, { viewport: DESKTOP, locale: lang });
  await page.goto(`${base}/`);
  await page.request.post(`${base}/language`, { form: { lang, back: "/" } });
  await page.goto(`${base}/`);
  const rows = await page.evaluate(() => [...document.querySelectorAll(".needs li")].map((li) => {
    const edges = (q) => li.querySelector(q).getBoundingClientRect();
    return { over: edges(".need-mark > *").right - edges(".need-text").left, when: Math.round(edges(".need-when").left) };
  }));
  claim(rows.length > 0 && rows.every((r) => r.over <= 0), `${lang}: a status runs into its title: ${JSON.stringify(rows)}`);
  claim(new Set(rows.map((r) => r.when)).size === 1, `${lang}: the times do not stand below each other: ${JSON.stringify(rows)}`);
  await shot(page, `now-hands-${lang}`);
  await page.context().close();
}
await ana.goto(base + order);
for (;;) {
  const open = ana.locator('.tick[aria-pressed="false"]').first();
  if (!(await open.count())) break;
  await Promise.all([ana.waitForNavigation(), open.click()]);
}
await Promise.all([ana.waitForNavigation(), ana.locator('form[action$="/sign"] button').click()]);
say("signed");
await until("the end", async () => {
  await ana.goto(base + plan);
  return ana.locator(`a[href="${plan}/report"]`).count();
}, 300);
await shot(ana, "done-desktop-dark", true);
await until("the end of Hold and Abort on Bo's page", async () => !(await bo.locator("#d-hold, #d-abort").count()), 15);
await bo.context().close();
await ana.goto(base + incident);
claim((await ana.locator("#guide").getAttribute("data-show")) === "resolve", "the guide leaves the incident open");
await ana.locator("#d-resolve summary").click();
await ana.locator("#d-resolve textarea").fill("The fan was cleaned; it holds.");
await Promise.all([ana.waitForNavigation(), ana.locator("#d-resolve button").click()]);
claim((await ana.locator(".told li").count()) >= 2, "a closed incident does not say who was told");
claim(!(await ana.locator("#guide .guide-step").count()), "the story does not end");
await look([["report", `${plan}/report`], ["done", plan], ["incident-after", incident]]);
const evidence = await (async () => {
  await ana.goto(`${base}${plan}/report`);
  const hrefs = await ana.locator('a[href*="#seq-"]').evaluateAll((links) => links.map((l) => l.getAttribute("href")));
  await ana.goto(base + plan);
  for (const href of hrefs) {
    const id = href.split("#")[1];
    claim(await ana.locator(`#${id}`).count() === 1, `the report's evidence ${href} leads nowhere`);
  }
  return hrefs.length;
})();
claim(evidence > 3, `the report has ${evidence} links to evidence`);
say(`the report has ${evidence} links, and each leads to its row`);

// Other languages. ---------------------------------------------------------------------------------------------------
for (const lang of ["fr", "de"]) {
  const page = await reader(context, { viewport: DESKTOP, scheme: "dark", locale: lang });
  await page.goto(`${base}/`);
  await page.request.post(`${base}/language`, { form: { lang, back: "/" } });
  for (const [name, path] of [["now", "/"], ["run", plan], ["schedule", "/schedule"], ["incident", incident], ["lab", "/lab/lab"]]) {
    await page.goto(base + path);
    claim((await page.locator("html").getAttribute("lang")) === lang, `${path} is not in ${lang}`);
    await shot(page, `${name}-${lang}`);
    await fits(page, `${name}-${lang}`);
  }
  await page.context().close();
}

// Keys. --------------------------------------------------------------------------------------------------------------
await ana.goto(`${base}/`);
await ana.keyboard.press("g");
await Promise.all([ana.waitForURL(/\/schedule$/), ana.keyboard.press("s")]);
await ana.keyboard.press("?");
claim(await ana.locator("#help").isVisible(), "? does not show the help");

await context.close();
if (problems.length) {
  console.log(`\n${problems.length} things do not hold:`);
  for (const p of new Set(problems)) console.log(`- ${p}`);
  process.exit(1);
}
say("everything holds");
