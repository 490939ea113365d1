// Builds the page of the drive: `node page/build.mjs MODULES FOLDER` (`make page`).
//
// MODULES has node_modules/ with what page/package.json names; the built files go to FOLDER.
// The same sources make the same bytes on every machine: a test compares.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

// dist/tus.min.js of tus-js-client 4.3.1, which is vendored as it is: another file is refused.
const TUS_SHA256 = "8cbb1b63fccc3bba0ae73ad1deb160ce046c3750851d0c3e94921ae3ef070eb8";
// What is in that file beside its own code: the licences go with it.
const IN_TUS = ["tus-js-client", "js-base64", "url-parse", "querystringify", "requires-port"];
const TARGET = ["chrome109", "firefox115", "safari16.4"];

const [modules, folder] = process.argv.slice(2).map((each) => resolve(each));
const sources = dirname(fileURLToPath(import.meta.url));
const packages = join(modules, "node_modules");
const esbuild = createRequire(join(modules, "package.json"))("esbuild");

const built = new Map();
built.set("tus.js", await tus());
built.set("tus.LICENSE", await licences());
built.set("worker.js", await bundled("worker.js", { format: "iife" }));
built.set("page.js", await bundled("app.js", { define: { TUS_SCRIPT: JSON.stringify(addressed("tus.js")) } }));
built.set("page.css", await bundled("page.css"));
// The worker has one address for all versions of it, or each version would be another worker.
const page = await readFile(join(sources, "index.html"), "utf8");
built.set("index.html", page.replaceAll(/"page\/(page\.css|page\.js)"/g, (_, name) => `"${addressed(name)}"`));

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const [name, content] of built) {
  await writeFile(join(folder, name), content);
  if (!name.endsWith(".LICENSE")) await writeFile(join(folder, `${name}.br`), packed(content));
}

/** The address of a built file, relative to the page: another content has another address. */
function addressed(name) {
  return `page/${name}?v=${digest(built.get(name)).slice(0, 16)}`;
}

/** The content by Brotli, which browsers take over TLS and from this machine. */
function packed(content) {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS } });
}

function digest(content) {
  return createHash("sha256").update(content).digest("hex");
}

async function bundled(name, options = {}) {
  const done = await esbuild.build({
    absWorkingDir: sources,
    entryPoints: [name],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: TARGET,
    charset: "utf8",
    legalComments: "inline",
    logLevel: "warning",
    ...(name.endsWith(".css") ? { format: undefined } : {}),
    ...options,
  });
  return done.outputFiles[0].text;
}

async function tus() {
  const content = await readFile(join(packages, "tus-js-client/dist/tus.min.js"), "utf8");
  const found = digest(content);
  if (found !== TUS_SHA256) throw new Error(`tus.min.js must have the SHA-256 ${TUS_SHA256}, got ${found}`);
  return content;
}

async function licences() {
  const texts = IN_TUS.map(async (name) => {
    const { license } = JSON.parse(await readFile(join(packages, name, "package.json"), "utf8"));
    const text = await licence(join(packages, name));
    return `${name} (${license})\n\n${text.trim()}\n`;
  });
  return `tus.js is dist/tus.min.js of tus-js-client (SHA-256 ${TUS_SHA256}), which contains:\n\n${(await Promise.all(texts)).join("\n---\n\n")}`;
}

async function licence(place) {
  for (const name of ["LICENSE", "LICENSE.md"]) {
    try {
      return await readFile(join(place, name), "utf8");
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
  throw new Error(`no licence in ${place}`);
}
