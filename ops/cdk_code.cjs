// Loaded before the CDK CLI: keeps, in .venv/node-cache, what its one file of 16 MB was compiled to, with all functions
// that a command has called. Node's own cache (compile_cache.cjs) has that file without its functions, which each start
// compiled anew: a third of its time. There is one file for each command, written by the first run that succeeds.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");

const CLI = path.join(__dirname, "..", "node_modules", "aws-cdk", "lib", "index.js");
const FOLDER = path.join(__dirname, "..", ".venv", "node-cache");

// Most functions run once, and V8 would have dropped their code before it is kept.
v8.setFlagsFromString("--no-flush-bytecode");

const read = (file) => {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
};

// Another process may read it at the same time. A cache that cannot be written is none.
const write = (file, content) => {
  try {
    fs.mkdirSync(FOLDER, { recursive: true });
    const begun = fs.mkdtempSync(`${file}.`);
    try {
      fs.writeFileSync(path.join(begun, "code"), content);
      fs.renameSync(path.join(begun, "code"), file);
    } finally {
      fs.rmSync(begun, { recursive: true });
    }
  } catch {
    // The next start compiles it again.
  }
};

const compiled = (source) => {
  const { mtimeMs, size } = fs.statSync(source);
  const command = /^[a-z]+$/.test(process.argv[2] ?? "") ? process.argv[2] : "other";
  const kept = path.join(FOLDER, `cdk-${command}-${size}-${mtimeMs}.code`);
  const cachedData = read(kept);
  const script = new vm.Script(Module.wrap(fs.readFileSync(source, "utf8")), {
    cachedData,
    filename: source,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  // V8 refuses what another version of it, or the same with other flags, has compiled.
  if (!cachedData || script.cachedDataRejected) {
    process.once("exit", (code) => code || write(kept, script.createCachedData()));
  }
  return script;
};

const load = Module._extensions[".js"];
const cli = fs.existsSync(CLI) && fs.realpathSync(CLI);
Module._extensions[".js"] = (module, file) => {
  if (file !== cli) return load(module, file);
  const wrapper = compiled(file).runInThisContext();
  return wrapper(module.exports, Module.createRequire(file), module, file, path.dirname(file));
};
