// Loaded by .venv/bin/node before each program: keeps what JavaScript was compiled to for the next start, in
// .venv/node-cache, where Node finds it by the name of the script.
//
// jsii copies its own two programs into a new folder at each start, and loads all packages from a second one.
// Nothing that was kept was ever found again, and each synth added 3 MB. So its programs are not kept, and the
// folder of the packages has the first free of four names. Where all are taken, as by programs that were killed,
// it is jsii's own, and nothing is kept.
const fs = require("node:fs");
const path = require("node:path");
const { enableCompileCache } = require("node:module");

const JSII = ["jsii-runtime.js", "program.js"];
const NAMES = 4;

const keep = () => enableCompileCache(path.join(__dirname, "..", ".venv", "node-cache"));

if (JSII.includes(path.basename(process.argv[1] ?? ""))) {
  const { mkdtempSync } = fs;
  fs.mkdtempSync = (prefix, ...options) => {
    if (path.basename(prefix) !== "jsii-kernel-") return mkdtempSync(prefix, ...options);
    for (let number = 0; number < NAMES; number += 1) {
      const folder = `${prefix}${process.getuid?.() ?? "user"}-${number}`;
      try {
        fs.mkdirSync(folder, { mode: 0o700 }); // fails if it exists, whoever made it
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
        continue;
      }
      keep();
      return folder;
    }
    return mkdtempSync(prefix, ...options);
  };
} else {
  keep();
}
