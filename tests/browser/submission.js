// Checks the page of a submission in a browser: node submission.js FILE FOLDER. tests/live/pages.rs
// runs the submission; captures are saved into FOLDER.
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const { withBrowser, open, readable, shown, each } = require("./page.js");

const [file, folder] = process.argv.slice(2);
const unfold = (page) => page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });

withBrowser((browser) => each({
  "opens in the reader's language and switches to the other": async () => {
    const { page, sound } = await open(browser, file);
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    const english = await shown(page, "#items-head");
    await page.getByRole("button", { name: "Português" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "pt-BR");
    assert.notEqual(await shown(page, "#items-head"), english);
    await sound();
  },
  "is light or dark, and readable in both": async () => {
    const { page, sound } = await open(browser, file, { colorScheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.locator(".set-theme[value=light]").click();
    assert.notEqual(await ground(), dark);
    await unfold(page);
    await readable(page);
    await page.locator(".set-theme[value=dark]").click();
    assert.equal(await ground(), dark);
    await readable(page);
    await sound();
  },
  "a packet is shown by keyboard": async () => {
    const { page, sound } = await open(browser, file);
    await unfold(page);
    const panel = page.locator(".panel").first();
    await page.locator(".lanes a").first().focus();
    await panel.locator("dl").waitFor();
    const first = await panel.innerText();
    await page.keyboard.press("End");
    const last = await panel.innerText();
    assert.notEqual(first, last);
    await page.keyboard.press("ArrowUp");
    assert.notEqual(await panel.innerText(), last);
    await sound();
  },
  "a capture is saved": async () => {
    const { page, sound } = await open(browser, file);
    await unfold(page);
    const saved = page.waitForEvent("download");
    await page.locator("a.save").first().click();
    const download = await saved;
    assert.match(download.suggestedFilename(), /^[\w.-]+\.pcapng$/);
    await download.saveAs(path.join(folder, "saved.pcapng"));
    await sound();
  },
  "what a program says stays text": async () => {
    const { page, sound } = await open(browser, file);
    await unfold(page);
    assert.ok((await page.locator("main").innerText()).includes("<script>window.ran=1</script>"), "it is there as text");
    assert.equal(await page.locator("img, iframe, object, main script").count(), 0);
    await sound();
  },
  "is no wider than a telephone": async () => {
    const { page, sound } = await open(browser, file, { viewport: { width: 360, height: 640 } });
    await unfold(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    await sound();
  },
  "reads without a script": async () => {
    const { page, context } = await open(browser, file, { javaScriptEnabled: false });
    assert.ok((await page.locator("details.item").count()) > 0);
    assert.ok(!(await page.locator(".set-language").first().isVisible()));
    await context.close();
  },
})).catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
