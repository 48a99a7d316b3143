// What readers see in words: their own language alone is fetched and stands there from the beginning; details of the audit log and notifications are in it; what is looked after
// changes by itself; nothing is offered or headed that is not there.
import { address, ask, check, cookiesOf, expect, facts, finish, judge, open, settled } from './kit.mjs';

const cookies = await cookiesOf();
const dictionaries = (page) => {
  const asked = [];
  page.on('request', (request) => asked.push(...(/\/assets\/(en|ja)-[^/]*\.js$/.exec(request.url())?.slice(1) ?? [])));
  return asked;
};

for (const [language, other, heading] of [['en', 'ja', 'アカウント'], ['ja', 'en', 'Account']])
  await check(`words ${language}: one dictionary, nothing drawn before it, the other one on demand`, async () => {
    const { context, page, wrong } = await open({ cookies, language });
    const asked = dictionaries(page);
    let release;
    const held = new Promise((done) => (release = done));
    await page.route(`**/assets/${language}-*.js`, async (route) => {
      await held;
      await route.continue();
    });
    const session = page.waitForResponse('**/api/v1/session');
    await page.goto(`${address}/account`, { waitUntil: 'commit' });
    await (await session).finished();
    expect((await page.evaluate(() => document.querySelector('#app')?.childElementCount ?? 0)) === 0, 'something is drawn without its words');
    release();
    await settled(page);
    expect(asked.join() === language, `asked for: ${asked}`);
    await page.getByRole('button', { name: other === 'ja' ? '日本語' : 'English', exact: true }).click();
    await page.getByText(heading, { exact: true }).first().waitFor();
    expect(asked.join() === `${language},${other}`, `asked for: ${asked}`);
    expect((await page.evaluate(() => document.documentElement.lang)) === other, 'the language of the page');
    expect(wrong.length === 0, wrong.join('\n'));
    await context.close();
  });

await check('words: where they cannot be fetched the page says so in both languages, and is loaded again', async () => {
  const { context, page } = await open({ cookies, language: 'ja' });
  await page.route('**/assets/ja-*.js', (route) => route.abort());
  await page.goto(`${address}/account`, { waitUntil: 'commit' });
  await page.getByText('ポータルを読み込めませんでした。').waitFor();
  await page.unroute('**/assets/ja-*.js');
  await page.getByRole('button', { name: '再読み込み' }).click();
  await page.getByText('アカウント', { exact: true }).first().waitFor();
  await context.close();
});

await check('words: the audit log tells details in Japanese, and leaves data as it is', async () => {
  const shown = await open({ cookies, language: 'ja' });
  const { context, page } = shown;
  await page.goto(`${address}/admin/audit?action=user-change`);
  await settled(page);
  await ask(page, 'PATCH', `/users/${facts.reader}`, { email: 'rui@mail.example', clearance: 'amber' });
  await ask(page, 'PATCH', `/users/${facts.reader}`, { email: '', clearance: 'red' });
  await page.reload();
  await page.getByText('メールアドレス、閲覧できる区分 TLP:AMBER、接続元 ').first().waitFor();
  await judge(shown, 'audit-change-ja-light-1440', false);
  await context.close();
});

await check('words: a message that waits is looked after, and its title asked for in the language of the reader', async () => {
  const shown = await open({ cookies, language: 'ja' });
  const { context, page, wrong } = shown;
  const asked = [];
  // As it is while a mail server answers slowly.
  await page.route('**/api/v1/notifications/outbox?*', (route) => {
    asked.push(route.request().headers()['accept-language']);
    const row = { id: 1, rule: 'r', created: '2026-01-01T00:00:00Z', tries: 1, event: 'revised', publication: facts.publication, title: '百舌', ...(asked.length === 1 ? { state: 'waiting', due: '2026-01-01T00:00:00Z', why: 'the receiver said 503' } : { state: 'sent', ended: '2026-01-01T00:00:05Z' }) };
    return route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ items: [row] }) });
  });
  await page.goto(`${address}/account/notifications`);
  await page.getByText('受信側の応答は 503 でした').waitFor();
  await judge(shown, 'notifications-waiting-ja-light-1440');
  await page.getByText('送信済み', { exact: true }).waitFor();
  expect(asked.length === 2 && asked.every((one) => one === 'ja'), `asked: ${asked}`);
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('words: no heading stands over nothing on the first page', async () => {
  const { context, page } = await open({ cookies });
  await page.goto(address);
  await page.getByRole('heading', { name: 'Imported last' }).waitFor();
  await page.route('**/api/v1/sources', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"items":[]}' }));
  const answered = page.waitForResponse('**/api/v1/sources');
  await page.reload();
  await answered;
  await settled(page);
  expect((await page.getByRole('heading', { name: 'Imported last' }).count()) === 0, 'a heading over nothing');
  await context.close();
});

await check('words: a language that a publication has is not offered', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/publications/new`);
  await settled(page);
  const code = page.getByLabel('Code of a language');
  const add = page.getByRole('button', { name: 'Add language' });
  const had = await page.getByRole('group', { name: 'Language' }).locator('a.button').count();
  expect(had === 1 && (await code.inputValue()) === 'ja', `${had} languages, offered: ${await code.inputValue()}`);
  await code.fill('en');
  expect(await add.isDisabled(), 'English is there already');
  await code.fill('ja');
  await add.click();
  await page.getByRole('group', { name: 'Language' }).locator('a.button').nth(1).waitFor();
  expect((await code.inputValue()) === '' && (await add.isDisabled()), 'both are there');
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('words: names of tactics are not broken within on a phone', async () => {
  const { context, page } = await open({ cookies, viewport: { width: 390, height: 844 } });
  await page.goto(`${address}/publications/${facts.publication}`);
  await page.locator('.strip h3').first().waitFor();
  const broken = await page.evaluate(() =>
    [...document.querySelectorAll('.strip h3')].flatMap((heading) => {
      const text = heading.firstChild;
      return [...text.data.matchAll(/\S+/g)].filter((word) => {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length !== 1 || heading.scrollWidth > heading.clientWidth;
      }).map(String);
    }),
  );
  expect(broken.length === 0, `broken: ${broken.join(' ')}`);
  await context.close();
});
await finish();
