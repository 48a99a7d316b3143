// Attribution in a browser: a file is dropped, watched, and its verdict read, with evidence on both sides; weak links; cancelling and removing.
import { readFile } from 'node:fs/promises';
import { address, ask, check, cookiesOf, expect, facts, finish, open, photograph } from './kit.mjs';

const LINES = (from, n) => Array.from({ length: n }, (_, i) => `zibeth command number ${from + i} that only this sample has\n`).join('');
const SAID = (text, n) => Array.from({ length: n }, (_, i) => `${text} ${i} of all\n`).join('');
const cookies = await cookiesOf(facts.analyst);
let id = '';

await check('attribution: a file goes in and its verdict comes out, with the bytes on both sides', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/attribution`);
  await page.locator('input[type=file]').setInputFiles({ name: 'suspicious.txt', mimeType: 'text/plain', buffer: Buffer.from(LINES(0, 30) + LINES(9000, 30) + SAID('clean files say in line', 20) + '\n'.repeat(900) + SAID('the library of reeds has message', 20) + SAID('the family knows order', 40)) });
  await page.waitForURL(/\/attribution\/./);
  id = page.url().split('/').pop();
  await page.getByRole('link', { name: facts.actorName }).first().waitFor();
  await page.getByRole('heading', { name: 'Evidence' }).waitFor();
  expect((await page.getByRole('link', { name: 'bot.txt' }).count()) > 1, 'evidence names the sample that has it');
  const hash = await page.locator('dd a.mono').textContent();
  expect((await page.locator('dd a.mono').getAttribute('href')) === `/lookup?value=${hash}` && hash.length === 64, 'its hash leads to its lookup');
  const samples = await page.getByRole('link', { name: 'bot.txt' }).evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  expect(samples.every((href) => /^\/lookup\?value=[0-9a-f]{64}$/.test(href)), `samples lead to their lookup: ${samples}`);
  const map = page.getByRole('img', { name: /^Whose code stands where in suspicious.txt: .*ZIBETH \d.*libraries \d.*clean files \d.*unknown \d.*nothing to compare \d/ });
  expect((await map.locator('rect[class*=who-0]').count()) > 0 && (await map.locator('rect.unknown').count()) > 0 && (await map.locator('rect[fill^=url]').count()) > 1, 'the map shows what is shared and what is not');
  await page.getByText('As a list').focus();
  await page.keyboard.press('Enter');
  expect((await page.locator('.places li', { hasText: facts.actorName }).textContent()).startsWith('0x0–0x'), 'and says it in words');
  for (const [tool, sign] of [['IDA', 'get_fileregion_ea'], ['Ghidra', 'locateAddressesForFileOffset'], ['x64dbg', 'commentset :#0']]) {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: tool, exact: true }).click()]);
    const script = (await readFile(await file.path())).toString();
    expect(script.includes(sign) && script.includes(facts.actorName), `labels of ${tool}`);
  }
  await page.locator('main a[href^="/actors/"]', { hasText: facts.actorName }).click();
  await page.getByRole('heading', { name: facts.actorName, level: 1 }).waitFor();
  await page.goto(`${address}/attribution`);
  await page.getByRole('link', { name: 'suspicious.txt' }).waitFor();
  expect(wrong.length === 0, wrong.join('; '));
  await context.close();
});

await check('attribution: an author reads the verdict, and gets no sample', async () => {
  const { context, page } = await open({ cookies: await cookiesOf(facts.author) });
  await page.goto(`${address}/attribution/${id}`);
  await page.getByRole('link', { name: facts.actorName }).first().waitFor();
  expect((await page.getByRole('link', { name: /^Sample/ }).count()) === 0, 'no way to the sample is offered');
  await context.close();
});

await photograph([['attribution-list', '/attribution'], ['attribution-one', `/attribution/${id}`, (at) => at.getByRole('heading', { name: /Evidence|証拠/ }).waitFor()]], cookies);

await check('attribution: what is removed is gone', async () => {
  const { context, page } = await open({ cookies });
  await page.goto(`${address}/attribution/${id}`);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.waitForURL(/\/attribution$/);
  expect((await ask(page, 'GET', '/attributions')).items.every((one) => one.id !== id), 'it is in no list');
  await context.close();
});

await finish();
