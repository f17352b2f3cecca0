// Drives headless Chromium and prints what it saw as one JSON object: node drive.js report|review ADDRESS FOLDER
"use strict";
const { chromium } = require("playwright-core");
const path = require("node:path");

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const SIZES = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } };

// axe needs to run beside a policy that lets no other script in: the test's own page, not that of readers
async function faults(browser, address, options) {
  const context = await browser.newContext({ bypassCSP: true, ...options });
  const page = await context.newPage();
  await page.goto(address);
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  await context.close();
  return found.violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

async function watched(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = { errors: [], asked: [], dialogs: 0 };
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (message) => { if (message.type() === "error") seen.errors.push(message.text()); });
  page.on("dialog", (dialog) => { seen.dialogs += 1; dialog.dismiss(); });
  page.on("request", (request) => seen.asked.push(request.url()));
  return { context, page, seen };
}

async function pictures(browser, address, folder, name) {
  const wide = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport, colorScheme });
      await page.goto(address);
      await page.screenshot({ path: path.join(folder, `${name}-${size}-${colorScheme}.png`) });
      wide.push(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth));
      await page.close();
    }
  }
  return Math.max(...wide);
}

const shown = (page) => page.locator("article.page:visible").count();

async function report(browser, address, folder) {
  const out = {};
  const { context, page, seen } = await watched(browser, { viewport: SIZES.wide });
  await page.goto(address);
  Object.assign(out, seen, { title: await page.title(), all: await shown(page) });
  await page.selectOption("[name=rule]", { index: 1 });
  const rule = await page.inputValue("[name=rule]");
  out.filtered = await shown(page);
  out.fitting = await page.locator(`article.page[data-rules~="${rule}"]`).count();
  out.count = await page.inputValue("output[name=count]").catch(() => page.locator("output").textContent());
  await page.selectOption("[name=rule]", "");
  await page.fill("[name=text]", "no page says this");
  out.none = await shown(page);
  const link = page.locator("ol.picks a[href*='-']").first();
  const target = (await link.getAttribute("href")).slice(1);
  await link.click();
  await page.waitForTimeout(400);
  out.revealed = await page.evaluate((id) => {
    const box = document.getElementById(id).getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.height > 0;
  }, target);
  await page.click("[name=fold]");
  out.closed = await page.locator("article.page details[open]").count();
  const before = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.click("#theme");
  out.toggled = before !== await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await context.close();

  const bare = await browser.newContext({ javaScriptEnabled: false });
  const still = await bare.newPage();
  await still.goto(address);
  out.scriptless = await shown(still);
  out.scriptlessForm = await still.locator("#filters:visible, #theme:visible").count();
  await bare.close();
  out.overflow = await pictures(browser, address, folder, "report");
  out.faults = [...await faults(browser, address, { colorScheme: "light" }), ...await faults(browser, address, { colorScheme: "dark" })];
  return out;
}

async function review(browser, address, folder) {
  const out = {};
  const { context, page, seen } = await watched(browser, { viewport: SIZES.wide });
  await page.goto(address);
  while (await page.locator("h1", { hasText: "One moment" }).count()) await page.waitForTimeout(200);
  out.state = await page.locator("tbody tr").first().locator("td").last().textContent();
  await page.goto(`${address}item-1`);
  out.before = await page.locator(".state").textContent();
  out.inView = await page.evaluate(() => {
    const hash = document.querySelector("a[data-place]").hash.slice(1);
    const target = document.getElementById(decodeURIComponent(hash));
    const box = target.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
  });
  await page.keyboard.press("r");
  await page.waitForURL(/item-2$/);
  await page.keyboard.press("k");
  await page.waitForURL(/item-1$/);
  out.rejected = await page.locator(".state").textContent();
  await page.keyboard.press("u");
  await page.waitForFunction(() => document.querySelector(".state").textContent === "Not decided yet");
  await page.keyboard.press("l");
  await page.selectOption("#role", "comment");
  await page.keyboard.press("Enter");
  await page.waitForURL(/item-2$/);
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(/item-1$/);
  out.relabelled = await page.locator(".state").textContent();
  await page.uncheck("#keys");
  await page.locator("h1").click();
  await page.keyboard.press("j");
  await page.waitForTimeout(200);
  out.keysOff = page.url().endsWith("item-1");
  // a page that would like to run something
  await page.goto(address);
  const hostile = await page.locator("tbody tr", { hasText: "<img src=x" }).locator("a").first().getAttribute("href");
  await page.goto(`${address}${hostile}`);
  out.hostile = await page.evaluate(() => [document.querySelectorAll("img, iframe, svg").length,
    document.querySelector(".text").textContent.includes("<script>document.title"), document.title]);
  await page.goto(`${address}item-1`);
  // a second window decides about the same and about the next
  const other = await context.newPage();
  await other.goto(`${address}item-1`);
  await other.click("button[value=accept]");
  await other.waitForURL(/item-2$/);
  await page.click("button[value=reject]");
  await page.waitForURL(/item-2$/);
  await other.click("button[value=accept]");
  await other.waitForURL(/item-3$/);
  Object.assign(out, seen);
  out.overflow = await pictures(browser, `${address}item-1`, folder, "review");
  out.faults = [...await faults(browser, address, {}), ...await faults(browser, `${address}item-1`, {}),
    ...await faults(browser, `${address}item-1`, { colorScheme: "dark" })];
  await context.close();
  return out;
}

async function states(browser, address) {
  const { context, page, seen } = await watched(browser, {});
  await page.goto(address);
  while (await page.locator("h1", { hasText: "One moment" }).count()) await page.waitForTimeout(200);
  const cells = await page.locator("tbody tr td:last-child").allTextContents();
  await context.close();
  return { cells, ...seen };
}

(async () => {
  const [, , what, address, folder] = process.argv;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
  try {
    console.log(JSON.stringify(await { report, review, states }[what](browser, address, folder)));
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
