// A browser for the tests: Debian's Chromium through playwright-core, without network. Console
// messages, requests and errors of a page are collected; there must be none at the end.
"use strict";
const assert = require("node:assert/strict");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

/** Opens a browser, does the work with it, closes it whatever happens. */
exports.withBrowser = async (work) => {
  const browser = await chromium.launch({
    executablePath: process.env.SOCKLAB_CHROMIUM || "/usr/bin/chromium",
    // Root, as in a container, cannot use Chromium's sandbox. Only our own pages are opened.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
};

/** A page of a file, and what went wrong with it. */
exports.open = async (browser, file, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  // The file itself, and other files of its folder if a link is followed.
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("file:") && !url.startsWith("blob:") && !url.startsWith("data:")) wrong.push(`request: ${url}`);
    if (!request.isNavigationRequest()) wrong.push(`request of a part: ${url.slice(0, 80)}`);
  });
  await page.goto(pathToFileURL(file).href);
  return {
    page, context,
    /** Nothing was logged, asked for or broken. */
    sound: async () => {
      assert.deepEqual(wrong, []);
      assert.equal(await page.evaluate(() => window.ran), undefined, "something of a student ran");
      await context.close();
    },
  };
};

/** Every text of the page that is shown has the contrast with its ground that WCAG AA asks for. Drawings are left out. */
exports.readable = async (page) => {
  const poor = await page.evaluate(() => {
    const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = rgb(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] === 1) return colour;
        if (colour[3] > 0) return null;
      }
      return [255, 255, 255];
    };
    const poor = new Set();
    let seen = 0;
    for (const element of document.body.querySelectorAll("*")) {
      const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!says || element.closest("svg") || !element.checkVisibility() || element.tagName === "OPTION") continue;
      seen += 1;
      const style = getComputedStyle(element);
      const [one, other] = [light(rgb(style.color)), light(ground(element) ?? [NaN, NaN, NaN])].sort((a, b) => b - a);
      const ratio = (one + 0.05) / (other + 0.05);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      if (!(ratio >= (large ? 3 : 4.5))) poor.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}: ${element.textContent.trim().slice(0, 40)}`);
    }
    return seen ? [...poor] : ["nothing is shown"];
  });
  assert.deepEqual(poor, []);
};

/** What is shown of an element: text that is hidden in a language is not in it. */
exports.shown = async (page, selector) => (await page.locator(selector).first().innerText()).trim();

/** Does each of some works in turn and says how far it is. */
exports.each = async (works) => {
  for (const [name, work] of Object.entries(works)) {
    try {
      await work();
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
    process.stdout.write(`ok ${name}\n`);
  }
};
