// The console over plain HTTP under a name, as Chromium sees it: there a browser tells little about where a form comes from.
import { claim, launch, problems, reader } from "./lib.mjs";

const NAME = "noout.example.org";
const [console_, setup] = process.argv.slice(2).map((url) => new URL(url));
const base = `http://${NAME}:${console_.port}`;
const context = await launch([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`]);
// Without TLS Chromium will not have this one header, and says so on each page.
const plain = { ignore: /Cross-Origin-Opener-Policy header has been ignored/ };
const page = await reader(context, plain);
const say = (text) => console.log(`         ${text}`);

async function press(form) {
  await Promise.all([page.waitForNavigation(), page.locator(`form[action="${form}"] button`).first().click()]);
}

async function password(path, text, old) {
  if (old) await page.locator(`form[action="${path}"] input[name=old]`).fill(old);
  await page.locator(`form[action="${path}"] input[name=password]`).fill(text);
  await page.locator(`form[action="${path}"] input[name=again]`).fill(text);
  await press(path);
}

const isStart = () => claim(new URL(page.url()).pathname === "/", `not signed in: ${page.url()}`);

await page.goto(`${base}${setup.pathname}${setup.search}`);
await page.locator('input[name=person][value="ana"]').check();
await password("/setup", "correct horse battery");
isStart();
say("set up");

await page.goto(`${base}/people/me`);
await password("/people/me/password", "another long sentence", "correct horse battery");
await press("/logout");
await page.goto(`${base}/login`);
await page.locator("input[name=person]").fill("ana");
await page.locator("input[name=password]").fill("another long sentence");
await press("/login");
isStart();
say("signed in with a new password");

await page.goto(`${base}/incidents/1`);
await press("/incidents/1/ack");
claim((await page.locator('form[action="/incidents/1/ack"]').count()) === 0, "it is not acknowledged");
claim((await page.locator(".timeline .human").count()) > 0, "the acknowledgement does not stand in the timeline");
say("acknowledged");

await page.goto(`${base}/people/me`);
await press("/people/bo/invite");
const link = new URL(await page.locator("pre code").innerText());
const bo = await reader(context, plain);
await bo.goto(`${base}${link.pathname}`);
await bo.locator("input[name=password]").fill("a third long sentence");
await bo.locator("input[name=again]").fill("a third long sentence");
await Promise.all([bo.waitForNavigation(), bo.locator("form.stack button").click()]);
await bo.goto(`${base}/people/me`);
claim(new URL(bo.url()).pathname === "/people/me", `bo is not signed in: ${bo.url()}`);
say("invited bo, who signed in");

await context.close();
for (const p of new Set(problems)) console.log(`- ${p}`);
if (problems.length) process.exit(1);
say("everything holds");
