// The way of the newcomer, in a browser: the link that the server printed, sample content by one click, home, lookup, an actor, the matrix.
//   node tests/tour.mjs LINK PICTURES        ends with `N passed, N failed`
// scripts/tour_pictures.sh makes the pictures of docs/tour.md with it; tests/web/run.py runs it as a test.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [link, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const address = new URL(link).origin;
const PATIENCE_MS = 60_000;
mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE_MS);
const cdp = await context.newCDPSession(page);
let passed = 0;
let failed = 0;

async function check(name, what) {
  try {
    await what();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message.split('\n').slice(0, 8).join('\n    ') : error}`);
  }
}
async function picture(name, of = page, over = cdp) {
  const page = of;
  const cdp = over;
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton, .old'));
  const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  writeFileSync(join(pictures, `${name}.webp`), Buffer.from(data, 'base64'));
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  if (found.violations.length > 0) throw new Error(`axe: ${found.violations.map((v) => `${v.id} ${v.nodes[0]?.html}`).join('; ')}`);
}
async function fill(name, password, again = password) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password once more').fill(again);
}

await check('a wrong link makes nobody', async () => {
  await page.goto(`${address}/welcome#wrong`);
  await fill('admin', 'correct horse battery');
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  await page.getByText('This link is no longer good').waitFor();
  if ((await page.getByLabel('Name').count()) > 0) throw new Error('the form is still there');
});
await check('the link makes an administrator, who is signed in; its secret leaves the address', async () => {
  await page.goto('about:blank');
  await page.goto(link);
  await page.getByLabel('Name').waitFor();
  if (page.url().includes('#')) throw new Error(page.url());
  await picture('welcome');
  await fill('admin', 'correct horse battery', 'another horse battery');
  await page.getByText('The two passwords are not the same.').waitFor();
  await fill('admin', 'correct horse battery');
  await page.getByRole('button', { name: 'Make the administrator' }).click();
  await page.locator('.rail').waitFor();
});
await check('an empty installation says what to do, and loads the samples by one click', async () => {
  const button = page.getByRole('button', { name: 'Load sample content' });
  // `make run` has loaded them already.
  if (process.env.EMPTY) {
    await button.waitFor();
    await picture('first-steps');
    await button.click();
  }
  await page.getByRole('heading', { name: 'Seen in your logs' }).waitFor();
  await picture('home');
});
await check('a value is looked up, and was seen in logs', async () => {
  await page.goto(`${address}/lookup?value=${encodeURIComponent('hxxp://files[.]copper-heron[.]example/stage2/loader.bin')}`);
  await page.getByRole('heading', { name: 'Seen in your logs' }).waitFor();
  await page.getByText('proxy-squid.log').first().waitFor();
  await picture('lookup');
});
await check('an actor has a profile', async () => {
  await page.goto(`${address}/actors?name=amber`);
  await page.getByRole('link', { name: /Amber Lynx/ }).first().click();
  await page.getByRole('heading', { level: 1, name: /Amber Lynx/ }).waitFor();
});
await check('the matrix shows the techniques', async () => {
  await page.goto(`${address}/attack?domain=ics`);
  await page.getByText('Project File Infection').first().waitFor();
  await picture('attack');
});
/** The same, as somebody else sees it: language, theme, width. */
async function as(name, { language = 'en', theme = 'light', width = 1280, height = 800 }, at, ready) {
  await check(`as ${language}, ${theme}, ${width} wide: ${name}`, async () => {
    const other = await browser.newContext({ viewport: { width, height }, locale: language === 'ja' ? 'ja-JP' : 'en-GB', reducedMotion: 'reduce', storageState: await context.storageState() });
    await other.addInitScript(({ language, theme }) => {
      localStorage.setItem('mozu.language', language);
      localStorage.setItem('mozu.theme', theme);
    }, { language, theme });
    const seen = await other.newPage();
    seen.setDefaultTimeout(PATIENCE_MS);
    await seen.goto(`${address}${at}`);
    await ready(seen);
    await picture(name, seen, await other.newCDPSession(seen));
    await other.close();
  });
}
const publications = await page.evaluate(async () => (await (await fetch('/api/v1/publications?limit=1000')).json()).items);
const badger = publications.find((one) => /rust-badger/.test(one.slug) && one.languages.includes('ja')) ?? publications[0];
const LOADER = `/lookup?value=${encodeURIComponent('hxxp://files[.]copper-heron[.]example/stage2/loader.bin')}`;
const PHONE = { width: 390, height: 780 };
await as('home-ja', { language: 'ja' }, '/', (seen) => seen.locator('h1').waitFor());
await as('report-ja-dark', { language: 'ja', theme: 'dark' }, `/publications/${badger.id}`, (seen) => seen.locator('.rich p').first().waitFor());
await as('lookup-phone-ja', { language: 'ja', ...PHONE }, LOADER, (seen) => seen.locator('.verdict .zone').waitFor());
await as('report-phone', PHONE, `/publications/${badger.id}`, (seen) => seen.locator('.rich p').first().waitFor());
await as('attack-phone-dark', { theme: 'dark', ...PHONE }, '/attack?domain=ics', (seen) => seen.getByText('Project File Infection').first().waitFor());
await check('a report is read, its findings beside its text', async () => {
  const text = 'Sample: Copper Heron moves to a second loader\n\nThe loader was fetched from hxxp://files[.]copper-heron[.]example/stage3/loader.bin (192.0.2.77)\nwith PowerShell (T1059.001). SHA-256: 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef\n\nA second host, mirror.copper-heron[.]example, answered as well.\nWrite to press@copper-heron.example with questions.\n';
  await page.goto(`${address}/reviews`);
  await page.locator('input[type=file]').setInputFiles({ name: 'second-loader.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await page.waitForURL(/\/reviews\/./);
  await page.locator('mark[data-of]').first().waitFor();
  await picture('review');
});
await check('the link is good once', async () => {
  const other = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  other.setDefaultTimeout(PATIENCE_MS);
  await other.goto(link);
  // Told before anything is filled in.
  await other.getByText('This link is no longer good').waitFor();
  if ((await other.getByLabel('Name').count()) > 0) throw new Error('the form is still there');
});
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
