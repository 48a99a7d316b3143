// Scripts in JavaScript as a minifier leaves them, with other literals: `node rewrite.mjs IN OUT` in a folder where terser and acorn are installed.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { minify } = require("terser");
const acorn = require("acorn");

const [input, output] = process.argv.slice(2);
const { code } = await minify(readFileSync(input, "utf8"), { compress: false, mangle: { toplevel: true } });
let out = "";
let at = 0;
let n = 0;
for (const t of acorn.tokenizer(code, { ecmaVersion: "latest", allowHashBang: true })) {
  if (t.type.label !== "string" && t.type.label !== "num") continue;
  // Names of strict mode and of modules are no literals of the author's.
  if (t.value === "use strict" || /^[./@a-z0-9-]+$/.test(String(t.value)) && code.slice(0, t.start).endsWith("require(")) continue;
  out += code.slice(at, t.start) + (t.type.label === "num" ? String((++n * 7919) % 65536) : JSON.stringify(`v${(++n * 7919) % 65536}`));
  at = t.end;
}
writeFileSync(output, out + code.slice(at));
