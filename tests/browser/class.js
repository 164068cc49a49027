// Checks the page of a class in a browser: node class.js FOLDER. tests/live/pages.rs generates the
// class.
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const { withBrowser, open, readable, shown, each } = require("./page.js");

const folder = process.argv[2];
const index = path.join(folder, "index.html");
const rows = (page) => page.locator("#heat tbody tr:visible").count();
const names = (page) => page.locator("#heat tbody tr:visible th").allInnerTexts();

withBrowser((browser) => each({
  "opens in the reader's language and switches to the other": async () => {
    const { page, sound } = await open(browser, index);
    assert.equal(await shown(page, "#again"), "To teach again");
    await page.getByRole("button", { name: "Português" }).click();
    assert.equal(await shown(page, "#again"), "Para ensinar de novo");
    assert.equal(await page.locator("html").getAttribute("lang"), "pt-BR");
    assert.match(await page.title(), /entregas$/);
    assert.equal(await page.locator("#verdict option").nth(2).textContent(), "falhou");
    // The choice is remembered.
    await page.reload();
    assert.equal(await shown(page, "#again"), "Para ensinar de novo");
    await sound();
  },
  "is light or dark, and readable in both": async () => {
    const { page, sound } = await open(browser, index, { colorScheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.getByRole("button", { name: "Light", exact: true }).click();
    const light = await ground();
    assert.equal(light, "rgb(255, 255, 255)");
    assert.notEqual(dark, light);
    await page.locator("#heat").scrollIntoViewIfNeeded();
    await page.locator("details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
    await readable(page);
    await page.getByRole("button", { name: "Dark", exact: true }).click();
    assert.equal(await ground(), dark);
    await readable(page);
    await sound();
  },
  "a search, a verdict, points and a cause choose rows": async () => {
    const { page, sound } = await open(browser, index);
    const all = await rows(page);
    assert.ok(all > 20, `${all} rows`);
    await page.locator("#search").fill("jose");
    const found = await names(page);
    assert.ok(found.length > 0 && found.length < all && found.every((name) => name.includes("José")), String(found));
    assert.equal(await shown(page, "#shown"), String(found.length));
    await page.getByRole("button", { name: "Show all" }).click();
    assert.equal(await rows(page), all);
    await page.locator("#item").selectOption({ label: "tcp-simple.3" });
    await page.locator("#verdict").selectOption({ label: "failed" });
    const failed = await rows(page);
    const counted = await page.locator("#heat tbody tr td:nth-child(5).f").count();
    assert.ok(failed > 0 && failed < all);
    assert.equal(failed, counted);
    await page.locator("#to").fill("0");
    assert.ok(await rows(page) < failed);
    await page.locator("#search").fill("nobody is called so");
    assert.equal(await rows(page), 0);
    assert.ok(await page.locator("#none").isVisible());
    // The students affected by one cause.
    const cause = page.locator(".causes li").first();
    const times = parseInt(await cause.locator(".times").innerText(), 10);
    await cause.getByRole("button").click();
    assert.equal(await rows(page), times);
    await page.locator("#only-this").click();
    assert.equal(await rows(page), all);
    await sound();
  },
  "a heading sorts, by keyboard too": async () => {
    const { page, sound } = await open(browser, index);
    const points = async () => (await page.locator("#heat tbody td:nth-child(2)").allInnerTexts()).map((text) => parseInt(text, 10));
    const button = page.locator("th[data-sort=points] button");
    await button.focus();
    await page.keyboard.press("Enter");
    const rising = await points();
    assert.deepEqual(rising, [...rising].sort((a, b) => a - b));
    assert.equal(await page.locator("th[data-sort=points]").getAttribute("aria-sort"), "ascending");
    await page.keyboard.press("Enter");
    assert.deepEqual(await points(), rising.reverse());
    await sound();
  },
  "a cell tells its cause, and leads to the submission, and that back": async () => {
    const { page, sound } = await open(browser, index);
    const cell = page.locator("#heat td.f").first();
    await cell.hover();
    assert.match(await shown(page, "#tip .why"), /\w+ \w+/);
    await cell.click();
    const link = page.locator("#tip a");
    assert.match(await link.getAttribute("href"), /^submissions\/[\w-]+\.html#item-[\w.-]+$/);
    await link.click();
    await page.waitForURL(/submissions/);
    await page.locator(".lab a").click();
    await page.waitForURL(/index\.html$/);
    await sound();
  },
  "headings stay when the table is scrolled": async () => {
    const { page, sound } = await open(browser, index, { viewport: { width: 360, height: 640 } });
    await page.locator(".scroll").evaluate((box) => { box.scrollIntoView(); box.scrollTo(300, 400); });
    const apart = await page.evaluate(() => {
      const box = document.querySelector(".scroll").getBoundingClientRect();
      const head = document.querySelector("#heat thead").getBoundingClientRect();
      const name = document.querySelector("#heat tbody tr:last-child th").getBoundingClientRect();
      return [Math.round(head.top - box.top), Math.round(name.left - box.left), document.documentElement.scrollWidth];
    });
    assert.ok(apart[0] <= 1 && apart[1] <= 1, String(apart));
    assert.equal(apart[2], 360, "the page itself is no wider than the window");
    await sound();
  },
  "what students say stays text": async () => {
    const { page, sound } = await open(browser, index);
    await page.locator("#heat").scrollIntoViewIfNeeded();
    const all = await names(page);
    assert.ok(all.some((name) => name.includes("<script>window.ran=1</script>")), "the name is there as text");
    assert.equal(await page.locator("#heat img, #again img, #heat script").count(), 0);
    await sound();
  },
  "reads without a script": async () => {
    const { page, context } = await open(browser, index, { javaScriptEnabled: false });
    assert.ok(await page.locator("#heat tbody tr").first().isVisible());
    assert.ok(!(await page.locator("#search").isVisible()));
    assert.ok((await page.locator(".causes li").count()) > 0);
    assert.equal(await page.locator("#heat thead button").count(), 0);
    await context.close();
  },
})).catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
