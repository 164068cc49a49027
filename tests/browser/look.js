// Takes screenshots of a page for review: node look.js FILE FOLDER. At 360 and 1280 px, light and
// dark, in both languages.
"use strict";
const path = require("node:path");
const { withBrowser, open } = require("./page.js");

const [file, folder] = process.argv.slice(2);

withBrowser(async (browser) => {
  for (const width of [360, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, context } = await open(browser, path.resolve(file), { viewport: { width, height: 900 }, colorScheme });
      for (const language of ["English", "Português"]) {
        await page.getByRole("button", { name: language }).click();
        const name = `${path.basename(file, ".html")}-${width}-${colorScheme}-${language.slice(0, 2).toLowerCase()}.png`;
        // Content far below is laid out only when it comes near.
        await page.locator("footer").scrollIntoViewIfNeeded();
        await page.evaluate(() => scrollTo(0, 0));
        await page.screenshot({ path: path.join(folder, name), fullPage: true });
      }
      await context.close();
    }
  }
}).catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
