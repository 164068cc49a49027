// Measures how fast a page is: node paint.js FILE [TIMES]. Prints the first paint, the end of the
// document, and the time of filtering and sorting: medians in milliseconds. It gives no verdict,
// because times depend on the machine.
"use strict";
const path = require("node:path");
const { withBrowser, open } = require("./page.js");

const [file, times = "9"] = process.argv.slice(2);
const middle = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];

withBrowser(async (browser) => {
  const seen = { paint: [], loaded: [], filtered: [], sorted: [], scrolled: [] };
  for (let k = 0; k < Number(times); k += 1) {
    const { page, context } = await open(browser, path.resolve(file));
    const found = await page.evaluate(async () => {
      // A frame that starts after everything is drawn.
      const drawn = () => new Promise((done) => requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }));
      const took = async (work) => { const begin = performance.now(); work(); await drawn(); return performance.now() - begin; };
      await drawn();
      const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
      const loaded = performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd;
      const scrolled = await took(() => { document.getElementById("heat").scrollIntoView(); document.querySelector(".scroll").scrollTop = 9000; });
      const search = document.getElementById("search");
      const filtered = await took(() => { search.value = "ana"; search.dispatchEvent(new Event("input", { bubbles: true })); });
      search.value = "";
      search.dispatchEvent(new Event("input", { bubbles: true }));
      await drawn();
      const sorted = await took(() => document.querySelector("th[data-sort=points] button").click());
      return { paint, loaded, scrolled, filtered, sorted };
    });
    for (const [name, value] of Object.entries(found)) seen[name].push(value);
    await context.close();
  }
  for (const [name, all] of Object.entries(seen)) {
    process.stdout.write(`${name} ${Math.round(middle(all))} ms (${Math.round(Math.min(...all))} to ${Math.round(Math.max(...all))})\n`);
  }
}).catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
