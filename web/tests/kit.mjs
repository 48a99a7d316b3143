// What the browser tests share: Debian's Chromium, a page in which whatever goes wrong is a failure, the judgement of axe, pictures, and the count at the end.
//   node tests/SPEC.mjs ADDRESS PICTURES FACTS.json     ends with `N passed, N failed`; ONLY=WORD in the environment: checks whose name holds it
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const [address, pictures, factsFile] = process.argv.slice(2);
export const facts = JSON.parse(readFileSync(factsFile, 'utf8'));
for (const [name, fact] of Object.entries(facts)) if (!fact) throw new Error(`nothing is known of ${name}: was the knowledge imported?`);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE_MS = 60_000; // machines that test are often busy; what works is not held up by it
const only = process.env.ONLY ?? '';
mkdirSync(pictures, { recursive: true });

let passed = 0;
let failed = 0;
export async function check(name, what) {
  if (!name.includes(only)) return;
  try {
    await what();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message.split('\n').slice(0, 12).join('\n    ') : error}`);
  }
}
export function expect(condition, text) {
  if (!condition) throw new Error(text);
}

// As an ordinary user Chromium keeps its own sandbox; root may not.
export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

/** A page in which whatever goes wrong is a failure: errors of scripts, refusals of the policy, requests to others. */
export async function open(settings = {}) {
  const context = await browser.newContext({ viewport: settings.viewport ?? { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', ...(settings.cookies ? { storageState: settings.cookies } : {}) });
  await context.addInitScript(({ language, theme }) => {
    if (location.protocol === 'about:') return;
    localStorage.setItem('mozu.language', language);
    localStorage.setItem('mozu.theme', theme);
  }, { language: settings.language ?? 'en', theme: settings.theme ?? 'light' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // Answers that say no (401 before signing in, 404 of what is absent) are told by the page itself.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) wrong.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !/^(data:|blob:)/.test(request.url())) wrong.push(`asks others: ${request.url()}`);
  });
  return { context, page, wrong };
}
export const settled = (page) => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton, .old'));

export async function signIn(page, name = facts.admin) {
  // Until a sign-out is through, the page before still stands there, with names and passwords of its own.
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(facts.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Cookies of somebody who is signed in. */
export async function cookiesOf(name = facts.admin) {
  const { context, page } = await open();
  await page.goto(address);
  await signIn(page, name);
  await page.locator('.rail').waitFor();
  const cookies = await context.storageState();
  await context.close();
  return cookies;
}

/** A request of the page itself, with its session. */
export const ask = (page, method, path, body, type = 'application/json') =>
  page.evaluate(
    async ([method, path, body, type]) => {
      const session = await (await fetch('/api/v1/session')).json();
      const response = await fetch(`/api/v1${path}`, { method, headers: { 'X-CSRF-Token': session.csrf ?? '', ...(body === undefined ? {} : { 'Content-Type': type }) }, body: body === undefined ? undefined : type === 'application/json' ? JSON.stringify(body) : body });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    [method, path, body, type],
  );
export async function publish(page, draft) {
  const review = await ask(page, 'POST', `/publications/${draft.id}/draft/stage`, { version: draft.version });
  await ask(page, 'POST', `/publications/${draft.id}/publication`, { version: review.version, accept_warnings: true });
}

/** The page as it is now: photographed, no wider than the window, without a word of axe, and nothing went wrong on it. */
export async function judge({ page, wrong }, name, fullPage = true) {
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide <= 0, `the page is ${wide} px wider than the window`);
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  expect(found.violations.length === 0, found.violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join('\n  ')}`).join('\n'));
  expect(wrong.length === 0, wrong.join('\n'));
}

/** Each of `shots` ([name, address, what to do before]) in both languages, both themes and two widths. `signin` in its name: nobody is signed in. */
export async function photograph(shots, cookies, windowOnly = []) {
  for (const language of ['en', 'ja'])
    for (const theme of ['light', 'dark'])
      for (const width of [1440, 390]) {
        const settings = { language, theme, viewport: { width, height: width === 390 ? 844 : 900 } };
        const inside = await open({ ...settings, cookies });
        const outside = await open(settings);
        for (const [name, at, before] of shots)
          await check(`${name} ${language} ${theme} ${width}`, async () => {
            const shown = name === 'signin' ? outside : inside;
            const { page, wrong } = shown;
            wrong.length = 0;
            await page.goto('about:blank');
            await page.goto(address + at);
            await settled(page);
            if (before) await before(page, width);
            expect((await page.locator('.rail').count()) === (name === 'signin' ? 0 : 1), 'signed in where one should not be, or not where one should');
            const lang = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]);
            expect(lang[0] === language && lang[1] === theme, `language and theme: ${lang}`);
            await judge(shown, `${name}-${language}-${theme}-${width}`, !windowOnly.includes(name));
          });
        await inside.context.close();
        await outside.context.close();
      }
}

export async function finish() {
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
