// Reviews of reports in a browser: findings are corrected and added, by key and out of the text; two people at one review; and imports that are stopped.
import { address, ask, check, cookiesOf, expect, finish, judge, open, photograph, settled } from './kit.mjs';

const cookies = await cookiesOf();
const WORDS = `Heron again 🦢

The loader talks to cdn[.]heron-review[.]example and 203.0.113.9 today.
Its second stage asks  backup[.]heron-review[.]example  for "orders" of Kestrelkit.
It also asks the odd host gate.heron-review.internal by night.
`;
const begin = (page, name) => ask(page, 'POST', `/reviews?name=${name}`, WORDS, 'application/octet-stream');
const good = (wrong) => expect(wrong.length === 0, wrong.join('\n'));
const valuesOf = (review) => review.findings.map((f) => f.value);
/** Marks these words in the text of the document, as a hand does. */
const mark = (page, words) =>
  page.evaluate((words) => {
    const walk = document.createTreeWalker(document.querySelector('.text[role=region]'), NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const at = node.textContent.indexOf(words);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + words.length);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return;
    }
    throw new Error(`${words} is not in the text`);
  }, words);
const row = (page, value) => page.locator('.findings > li').filter({ has: page.locator('.what > .row', { hasText: value }) });

await check('reviews: a finding is corrected by key, refused with the reason, added out of the text, and stays', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  const made = await begin(page, 'heron-review.txt');
  await page.goto(`${address}/reviews/${made.id}`);
  await page.locator('mark[data-of]', { hasText: 'cdn[.]heron-review[.]example' }).waitFor();
  // Corrected by key.
  await row(page, '203.0.113.9').getByRole('button').first().focus();
  await page.keyboard.press('e');
  const value = page.locator('.findings').getByLabel('Value');
  await value.fill('203[.]0[.]113[.]999');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('is no ipv4-addr').waitFor();
  expect((await value.inputValue()) === '203[.]0[.]113[.]999', 'what was typed stays');
  await value.fill('203[.]0[.]113[.]10');
  await page.keyboard.press('Enter');
  await row(page, '203.0.113.10').waitFor();
  expect((await page.getByRole('alert').count()) === 0, 'the problem stays although it is mended');
  expect(await page.evaluate(() => document.activeElement?.closest('li')?.textContent?.includes('203.0.113.10')), 'the focus is elsewhere');
  await page.keyboard.press('e');
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  await page.locator('.findings > li.refused', { hasText: '203.0.113.10' }).waitFor();
  await page.keyboard.press('a');
  await page.waitForFunction(() => ![...document.querySelectorAll('.findings > li.refused')].some((li) => li.textContent.includes('203.0.113.10')));
  // Out of the text, after a character of two halves.
  await mark(page, 'Kestrelkit');
  const add = page.locator('form', { has: page.getByRole('button', { name: 'Add', exact: true }) });
  await page.waitForFunction(() => document.querySelector('.text form input').value === 'Kestrelkit');
  await add.getByLabel('Type').selectOption('malware');
  await add.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Kestrelkit was added.').waitFor();
  await page.locator('mark[data-of]', { hasText: 'Kestrelkit' }).waitFor();
  // By key, without the text.
  await page.locator('h1').click();
  await page.keyboard.press('n');
  await page.keyboard.type('hxxps://typed[.]heron-review[.]example/a');
  await add.getByLabel('Type').selectOption('url');
  await add.getByLabel('Value').press('Enter');
  await page.getByText('typed.heron-review.example/a was added.').waitFor();
  await page.reload();
  await row(page, 'Kestrelkit').getByText('of Kestrelkit').waitFor();
  await row(page, 'Kestrelkit').getByRole('button', { name: 'in the text' }).click();
  await page.locator('mark.shown', { hasText: 'Kestrelkit' }).waitFor();
  const kept = await ask(page, 'GET', `/reviews/${made.id}`);
  expect(['203.0.113.10', 'Kestrelkit', 'typed.heron-review.example/a'].every((one) => valuesOf(kept).includes(one)) && !valuesOf(kept).includes('203.0.113.9'), valuesOf(kept).join(' '));
  await judge({ page, wrong }, 'review-corrected-en-light-1440');
  await context.close();
});

await check('reviews: two at once: what the other left alone goes through, what both changed is asked', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  const made = await begin(page, 'heron-two.txt');
  await page.goto(`${address}/reviews/${made.id}`);
  await row(page, '203.0.113.9').waitFor();
  const at = (value) => made.findings.find((f) => f.value === value).index;
  await ask(page, 'PATCH', `/reviews/${made.id}`, { findings: [{ index: at('203.0.113.9'), value: '203.0.113.20' }, { type: 'domain-name', value: 'theirs.heron-review.example' }] });
  await row(page, 'cdn.heron-review.example').getByRole('button', { name: /^Reject/ }).click();
  await row(page, 'theirs.heron-review.example').waitFor();
  await page.locator('.findings > li.refused', { hasText: 'cdn.heron-review.example' }).waitFor();
  expect((await page.getByRole('alert').count()) === 0, 'nothing is to be asked');
  // Both correct the same.
  await ask(page, 'PATCH', `/reviews/${made.id}`, { findings: [{ index: at('203.0.113.9'), value: '203.0.113.21' }] });
  await row(page, '203.0.113.20').getByRole('button', { name: /^Correct/ }).click();
  await page.locator('.findings').getByLabel('Value').fill('203.0.113.22');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('203.0.113.21').waitFor();
  await judge({ page, wrong }, 'review-clash-en-light-1440');
  await page.getByRole('button', { name: 'Make it 203.0.113.22' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.clash').length === 0);
  await page.locator('.findings > li').filter({ hasText: '203.0.113.22' }).first().waitFor();
  const kept = await ask(page, 'GET', `/reviews/${made.id}`);
  expect(kept.findings[at('203.0.113.9')].value === '203.0.113.22' && kept.findings[at('cdn.heron-review.example')].accepted === false, JSON.stringify(valuesOf(kept)));
  await page.getByRole('button', { name: 'Discard the review' }).click();
  await page.getByRole('button', { name: 'Discard it' }).click();
  await page.waitForURL(/\/reviews$/);
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('imports: one that is under way is seen by others, and stopped', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/sources`);
  await settled(page);
  await page.getByText('Import a file').first().click();
  const lines = Array.from({ length: 1_200_000 }, (_, n) => `s${n}.stopped.example`).join('\n');
  await page.locator('input[type=file]').setInputFiles({ name: 'stopped.txt', mimeType: 'text/plain', buffer: Buffer.from(lines) });
  await page.getByLabel('Whose words these are').fill('a source to stop');
  await page.getByRole('button', { name: 'Import a file' }).click();
  await page.getByRole('button', { name: 'Stop the import of a source to stop' }).waitFor();
  const other = await open({ cookies });
  await other.page.goto(`${address}/sources`);
  await other.page.getByRole('button', { name: 'Stop the import of a source to stop' }).click();
  await other.page.getByRole('button', { name: 'Stop it' }).click();
  await page.getByText('The import was stopped; nothing of it was kept.').waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => ![...document.querySelectorAll('h2')].some((h) => h.textContent === 'Under way'));
  const told = await ask(page, 'GET', '/sources');
  expect(!told.items.some((one) => one.source === 'a source to stop'), 'something of it was kept');
  good([...wrong, ...other.wrong]);
  await other.context.close();
  await context.close();
});

const { context, page } = await open({ cookies });
await page.goto(address);
await settled(page);
const shown = await begin(page, 'heron-pictures.txt');
await context.close();
await photograph([['review', `/reviews/${shown.id}`, (at) => at.locator('mark[data-of]').first().waitFor()]], cookies);
await finish();
