// Checks the page of a class with more rows than are shown at once: node large.js FOLDER COUNT.
// tests/live/pages.rs generates the class.
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const { withBrowser, open, readable, shown, each } = require("./page.js");

const [folder, count] = [process.argv[2], Number(process.argv[3])];
const index = path.join(folder, "index.html");
const rows = (page) => page.locator("#heat tbody tr").count();
const points = async (page) => (await page.locator("#heat tbody td:nth-child(2)").allInnerTexts()).map((text) => parseInt(text, 10));

withBrowser((browser) => each({
  "shows a part of the rows, and the others on request": async () => {
    const { page, sound } = await open(browser, index);
    const first = await rows(page);
    assert.ok(first < count, `${first} rows`);
    assert.equal(await shown(page, "#shown"), String(count));
    assert.equal(await shown(page, "#range"), `1–${first}`);
    assert.ok(await page.locator("#previous").isDisabled());
    const name = await page.locator("#heat tbody th").first().innerText();
    await page.locator("#next").click();
    assert.equal(await rows(page), count - first);
    assert.equal(await shown(page, "#range"), `${first + 1}–${count}`);
    assert.ok(await page.locator("#next").isDisabled());
    await readable(page);
    await page.locator("#previous").click();
    assert.equal(await page.locator("#heat tbody th").first().innerText(), name);
    await sound();
  },
  "searches and sorts all rows": async () => {
    const { page, sound } = await open(browser, index);
    await page.locator("#search").fill(String(count - 1));
    assert.equal(await rows(page), 1);
    await page.locator("#search").fill("");
    await page.locator("th[data-sort=points] button").click();
    const rising = await points(page);
    await page.locator("#next").click();
    const all = [...rising, ...(await points(page))];
    assert.equal(all.length, count);
    assert.deepEqual(all, [...all].sort((a, b) => a - b));
    await sound();
  },
  "a cause chooses as many rows as it counts": async () => {
    const { page, sound } = await open(browser, index);
    const most = await rows(page);
    const cause = page.locator(".causes li").first();
    const times = parseInt(await cause.locator(".times").innerText(), 10);
    await cause.getByRole("button").click();
    assert.equal(await shown(page, "#shown"), String(times));
    assert.equal(await rows(page), Math.min(times, most));
    await page.locator("#only-this").click();
    assert.equal(await shown(page, "#shown"), String(count));
    await sound();
  },
  "a row that was made is like one that was written": async () => {
    const { page, sound } = await open(browser, index);
    const shape = () => page.evaluate(() => {
      const kinds = new Set();
      for (const row of document.querySelectorAll("#heat tbody tr")) {
        for (const cell of row.cells) kinds.add(`${cell.tagName} ${cell.className} ${cell.scope ?? ""} ${cell.className === "r" ? cell.colSpan : ""} ${cell.className.length === 1 && cell.className !== "r" ? cell.textContent.trim() : ""}`);
      }
      return [...kinds].sort();
    });
    const written = await shape();
    await page.locator("#next").click();
    assert.deepEqual(await shape(), written);
    const cell = page.locator("#heat td.f[data-c]").first();
    await cell.click();
    assert.match(await shown(page, "#tip .why"), /\w+ \w+/);
    await page.locator("#tip a").click();
    await page.waitForURL(/submissions/);
    await sound();
  },
  "all rows can be read without a script": async () => {
    const { page, context } = await open(browser, index, { javaScriptEnabled: false });
    const first = await rows(page);
    assert.ok(!(await page.locator("#next").isVisible()));
    await page.locator(".no-script a").first().click();
    await page.waitForURL(/rows-2\.html$/);
    assert.equal(await rows(page), count - first);
    await page.locator("nav a").click();
    await page.waitForURL(/index\.html/);
    await context.close();
  },
})).catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
