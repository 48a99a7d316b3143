// A publication of 80,000 indicators: what the browser holds and fetches of it is bounded, and every one of them is in reach. What opening took is printed, not judged
// (docs/portal-benchmarks.md); alone: `python3 tests/web/run.py --mozu build/release/mozu --only 'large report'`.
import { readFileSync } from 'node:fs';
import { address, ask, check, cookiesOf, expect, finish, judge, open, publish, settled } from './kit.mjs';

const COUNT = 80_000;
const ROWS_MOST = 60;
const ELEMENTS_MOST = 3000;
/** Program of the page and its styles: build.mjs holds the same limit, of the files; here counts what goes over the wire, and what the server tells. */
const PROGRAM_BYTES_MOST = 120 * 1024;
const ANSWERS_BYTES_MOST = 64 * 1024;
const MEASURED = 9;

/** Half of them names, the rest addresses and hashes. */
const valueOf = (n) => (n % 4 < 2 ? `h${n}.large.example` : n % 4 === 2 ? `http://h${n}.large.example/stage/${n}.bin` : (2 ** 40 + n).toString(16).padStart(64, 'e'));
const cookies = await cookiesOf();

async function make(page) {
  const made = await ask(page, 'POST', '/publications', { slug: 'large', kind: 'apt', tlp: 'green', texts: [{ language: 'en', title: 'A large report', summary: '**Eighty thousand** indicators.', full: '## Findings\n\nAll in the list.' }] });
  const lines = Array.from({ length: COUNT }, (_, n) => valueOf(n)).join('\n');
  const draft = await ask(page, 'PUT', `/publications/${made.id}/draft/files/all.txt?kind=indicators&version=${made.version}`, `${lines}\n`, 'application/octet-stream');
  await publish(page, draft);
  return made.id;
}

/** Counts bytes over the wire, by what they are. */
async function metered(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const bytes = { program: 0, answers: 0 };
  const kinds = new Map();
  cdp.on('Network.responseReceived', ({ requestId, response }) => kinds.set(requestId, response.url.includes('/api/') ? 'answers' : 'program'));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => (bytes[kinds.get(requestId) ?? 'program'] += encodedDataLength));
  return { bytes, stop: () => cdp.detach() };
}
/** Opens it, and gives the milliseconds until text and indicators stood there, and bytes over the wire. */
async function opened(page, id) {
  const { bytes, stop } = await metered(page);
  const asked = [];
  page.on('request', (request) => request.url().includes('/api/') && asked.push(request.url().slice(address.length)));
  await page.goto('about:blank');
  await page.addInitScript(() => {
    const look = () => (document.querySelector('.rich strong') && document.querySelector('#indicators tbody tr') ? requestAnimationFrame(() => (globalThis.__there = performance.now())) : requestAnimationFrame(look));
    look();
  });
  await page.goto(`${address}/publications/${id}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.__there !== undefined);
  const ms = await page.evaluate(() => globalThis.__there);
  await stop();
  return { ms, bytes, asked };
}
/** The first page, until all that it asks is answered: nothing of it is on its way when the next begins. Gives the milliseconds until it stood there, and what it asked. */
async function home(page) {
  const asked = [];
  const open = new Set();
  const ask = (request) => request.url().includes('/api/') && (open.add(request), asked.push(request.url().slice(address.length)));
  const answered = (request) => open.delete(request);
  await page.goto('about:blank');
  page.on('request', ask).on('requestfinished', answered).on('requestfailed', answered);
  await page.goto(address, { waitUntil: 'commit' });
  await settled(page);
  const ms = await page.evaluate(() => performance.now());
  await page.waitForLoadState('networkidle');
  page.off('request', ask).off('requestfinished', answered).off('requestfailed', answered);
  expect(open.size === 0, `not answered: ${[...open].map((request) => request.url()).join(' ')}`);
  return { ms, asked };
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

await check('large report: 80,000 indicators, few rows, few bytes, all in reach', async () => {
  const { context, page, wrong } = await open({ cookies });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address });
  await page.goto(address);
  await settled(page);
  const id = await make(page);
  const fresh = await open({ cookies });
  const first = await opened(fresh.page, id);
  expect(first.bytes.program > 0 && first.bytes.program <= PROGRAM_BYTES_MOST, `${first.bytes.program} bytes of program before first use`);
  expect(first.bytes.answers > 0 && first.bytes.answers <= ANSWERS_BYTES_MOST, `${first.bytes.answers} bytes of answers before first use`);
  // What is asked early is what the page asks: asked twice, it would be in the way of the rest.
  expect(new Set(first.asked).size === first.asked.length && first.asked.some((one) => one.includes('/items?')), `asked: ${first.asked.join(' ')}`);
  await fresh.context.close();

  await page.goto(`${address}/publications/${id}`);
  const rows = page.locator('#indicators tbody tr');
  await rows.first().waitFor();
  const bounded = async (where) => {
    const [n, elements] = await page.evaluate(() => [document.querySelectorAll('#indicators tbody tr').length, document.querySelectorAll('*').length]);
    expect(n > 0 && n <= ROWS_MOST && elements <= ELEMENTS_MOST, `${where}: ${n} rows, ${elements} elements`);
  };
  await bounded('first page');
  await page.getByText(/^1–50 of 80,000$/).waitFor();
  const seen = new Set();
  const onPage = async (n) => {
    await page.getByRole('spinbutton').fill(String(n));
    await page.keyboard.press('Enter');
    await page.getByText(`${new Intl.NumberFormat('en-GB').format((n - 1) * 50 + 1)}–`, { exact: false }).waitFor();
    await page.waitForFunction(() => !document.querySelector('#indicators .old'));
    for (const value of await page.locator('#indicators tbody tr td:first-child .mono').allTextContents()) seen.add(value);
    await bounded(`page ${n}`);
  };
  for (const n of [1, 2, 801, 1599, 1600]) await onPage(n);
  expect(seen.size === 250, `five pages show ${seen.size} values`);
  await page.getByRole('button', { name: 'First', exact: true }).click();
  await page.getByLabel('Value holds').fill('h77777.large');
  await page.waitForFunction(() => document.querySelectorAll('#indicators tbody tr').length === 1);
  expect((await rows.first().textContent()).includes('h77777[.]large[.]example'), await rows.first().textContent());
  await page.getByLabel('Value holds').fill('');
  await page.getByText(/^1–50 of 80,000$/).waitFor();

  await page.getByRole('checkbox', { name: 'defanged' }).uncheck();
  await page.getByRole('button', { name: 'Copy all' }).click();
  await page.getByText('80,000 values were copied.').waitFor();
  const copied = (await page.evaluate(() => navigator.clipboard.readText())).split('\n');
  expect(new Set(copied).size === COUNT && copied.includes('h77777.large.example'), `${new Set(copied).size} values copied`);
  await page.locator('#indicators').getByText('Export').click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV', exact: true }).click()]);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n');
  expect(lines.filter((line) => /large\.example|[0-9a-f]{64}/.test(line)).length >= COUNT, `${lines.length} lines of CSV`);
  await judge({ page, wrong }, 'publication-large-en-light-1440', false);

  await opened(page, id);
  const times = [];
  for (let n = 0; n < MEASURED; ++n) times.push((await opened(page, id)).ms);
  const homes = [];
  for (let n = 0; n < MEASURED; ++n) {
    const { ms, asked } = await home(page);
    expect(new Set(asked).size === asked.length && ['/counts', '/publications?'].every((early) => asked.some((one) => one.startsWith(`/api/v1${early}`))), `home asked: ${asked.join(' ')}`);
    homes.push(ms);
  }
  console.log(`large report: opens in ${median(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)}); ${first.bytes.program} bytes of program, ${first.bytes.answers} of answers; home in ${median(homes).toFixed(0)} ms`);
  await context.close();
});

await check('home: few bytes before it can be used', async () => {
  const { context, page } = await open({ cookies });
  const { bytes } = await metered(page);
  await home(page);
  console.log(`home: ${bytes.program} bytes of program, ${bytes.answers} of answers`);
  expect(bytes.program > 0 && bytes.program <= PROGRAM_BYTES_MOST, `${bytes.program} bytes of program before first use`);
  await context.close();
});
await finish();
