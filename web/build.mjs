// node web/build.mjs NPM HOME OUTPUT.cpp: the portal's pages, packed with gzip, as the C++ table of mozu/server/portal.hpp.
// The sources are copied to HOME and built there, so that no file of npm lies among them. The same sources give the same table. Where the registry of npm
// cannot be reached the table is empty, and that is said: the rest of the program is built all the same.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const FIRST_LOAD_BYTES_MAX = 120 * 1024; // packed; what a browser loads before somebody can sign in or search
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network request/;

const source = dirname(fileURLToPath(import.meta.url));
const [npm, home, output] = process.argv.slice(2);

/** Installs what the lock file says, unless it is there. False: the registry cannot be reached. */
function install() {
  const lock = readFileSync(join(source, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).update(process.version).digest('hex');
  const stamp = join(home, 'node_modules/.mozu-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(source, name), join(home, name));
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--fetch-retries=1', '--fetch-timeout=60000'], { cwd: home, encoding: 'utf8' });
  if (done.status !== 0) {
    const said = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error ?? ''}`;
    if (UNREACHABLE.test(said)) return false;
    console.error(`portal: npm ci failed\n${said}`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
  return true;
}

function copySources() {
  for (const name of ['src', 'public', 'tests']) {
    rmSync(join(home, name), { recursive: true, force: true });
    cpSync(join(source, name), join(home, name), { recursive: true });
  }
  for (const name of ['package.json', 'index.html', 'tsconfig.json', 'vite.config.ts', 'svelte.config.js']) copyFileSync(join(source, name), join(home, name));
}

function pack(dist) {
  const list = (folder) => readdirSync(join(dist, folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? list(`${folder}${entry.name}/`) : [folder + entry.name]));
  const names = list('').sort();
  const sizes = new Map();
  let tables = '';
  let rows = '';
  names.forEach((name, i) => {
    const content = readFileSync(join(dist, name));
    const type = TYPES[name.split('.').pop()];
    if (!type) throw new Error(`${name}: files of this kind have no content type in web/build.mjs`);
    const packed = gzipSync(content, { level: 9 });
    sizes.set(name, packed.length);
    const lines = [];
    for (let at = 0; at < packed.length; at += 40) lines.push([...packed.subarray(at, at + 40)].join(','));
    tables += `constexpr std::uint8_t file_${i}[] = {\n${lines.join(',\n')}};\n`;
    rows += `    {"${name}", "${type}", "\\"${createHash('sha256').update(content).digest('hex').slice(0, 16)}\\"", file_${i}},\n`;
  });
  const index = readFileSync(join(dist, 'index.html'), 'utf8');
  const first = ['index.html', ...[...index.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((found) => found[1])];
  // A reader's own dictionary is loaded before anything is drawn; the longest counts.
  const dictionaries = names.filter((name) => /^assets\/(en|ja)-[^/]*\.js$/.test(name)).map((name) => sizes.get(name));
  if (dictionaries.length !== 2) throw new Error(`${dictionaries.length} files of dictionaries: each language is one of its own (web/build.mjs)`);
  const bytes = first.reduce((sum, name) => sum + (sizes.get(name) ?? 0), Math.max(...dictionaries));
  if (bytes > FIRST_LOAD_BYTES_MAX) throw new Error(`what a browser loads first is ${bytes} bytes packed; ${FIRST_LOAD_BYTES_MAX} is the most (web/build.mjs)`);
  console.log(`portal: ${names.length} files, ${[...sizes.values()].reduce((a, b) => a + b, 0)} bytes packed, ${bytes} before first use`);
  return `// Written by web/build.mjs.
#include "mozu/server/portal.hpp"

namespace mozu::server {
namespace {
${tables}
constexpr PortalFile files[] = {
${rows}};
}  // namespace

std::span<const PortalFile> built_in_portal() { return files; }
}  // namespace mozu::server
`;
}

mkdirSync(home, { recursive: true });
if (!install()) {
  console.error('portal: the registry of npm cannot be reached: the program is built without its pages\n  hint: build again when it can be; `touch web/package.json` makes it try');
  copyFileSync(join(source, 'no_portal.cpp'), output);
} else {
  copySources();
  const done = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--emptyOutDir'], { cwd: home, encoding: 'utf8' });
  if (done.status !== 0) {
    console.error(`portal: vite build failed\n${done.stdout}${done.stderr}`);
    process.exit(1);
  }
  writeFileSync(output, pack(join(home, 'dist')));
}
