// Loaded by .venv/bin/node before each program: keeps what JavaScript was compiled to for the next start, in
// .venv/node-cache, where Node finds it by the name of the script.
//
// jsii copies its own two programs into a new folder at each start, and loads all packages from a second one.
// Nothing that was kept was ever found again, and each synth added 3 MB. So its programs are not kept, and the
// folder of the packages has the first free of some names: as many as there are workers of the tests, which have
// one each as long as they run, and programs beside them. Where all are taken it is jsii's own, and nothing is kept.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { enableCompileCache } = require("node:module");

const JSII = ["jsii-runtime.js", "program.js"];
const NAMES = 16;

const keep = () => enableCompileCache(path.join(__dirname, "..", ".venv", "node-cache"));

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
};

// Whether the folder is this program's now: a new one, or what a program that was killed left. It has a file with
// its owner's name; of several programs that find the owner dead, one can rename that.
const take = (folder) => {
  const owner = `owner-${process.pid}-${os.hostname()}`;
  try {
    fs.mkdirSync(folder, { mode: 0o700 }); // fails if it exists, whoever made it
    fs.writeFileSync(path.join(folder, owner), "");
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    const { mode, uid } = fs.lstatSync(folder);
    if ((mode & 0o170077) !== 0o040000 || uid !== process.getuid?.()) return false; // what another may write into
    const [, left, pid, host] = fs.readdirSync(folder).join("\n").match(/^(owner-(\d+)-(.+))$/m) ?? [];
    if (host !== os.hostname() || isAlive(Number(pid))) return false;
    fs.renameSync(path.join(folder, left), path.join(folder, owner));
    fs.rmSync(path.join(folder, "node_modules"), { recursive: true, force: true });
    return true;
  } catch {
    return false; // its owner ends just now, or another program was first
  }
};

if (JSII.includes(path.basename(process.argv[1] ?? ""))) {
  const { mkdtempSync } = fs;
  fs.mkdtempSync = (prefix, ...options) => {
    if (path.basename(prefix) !== "jsii-kernel-") return mkdtempSync(prefix, ...options);
    for (let number = 0; number < NAMES; number += 1) {
      const folder = `${prefix}${process.getuid?.() ?? "user"}-${number}`;
      if (!take(folder)) continue;
      keep();
      return folder;
    }
    return mkdtempSync(prefix, ...options);
  };
} else {
  keep();
}
