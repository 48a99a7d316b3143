// Publications in a browser: read, written, published, revised by two at once; and hostile words in every field, which stay words wherever they are shown.
import { join } from 'node:path';
import { address, ask, check, cookiesOf, expect, facts, finish, judge, open, photograph, pictures, publish, settled, signIn } from './kit.mjs';

/** What would set the flag if any of it ran, and what would end an element or attribute it stands in. */
const HOSTILE = [
  '<script>window.__ran="script"</script>',
  '"><img src=x onerror="window.__ran=\'img\'">',
  "'><svg/onload=window.__ran='svg'>",
  '</title></textarea></style><iframe srcdoc="<script>parent.__ran=1</script>">',
  '{{constructor.constructor("window.__ran=1")()}}',
  '${window.__ran=1}',
  'javascript:window.__ran=1',
];
const HOSTILE_MARKDOWN = `# ${HOSTILE[0]}

${HOSTILE.join('\n\n')}

[link](javascript:window.__ran=1) [data](data:text/html,<script>1</script>) <javascript:window.__ran=1> [mixed](JaVaScRiPt:window.__ran=1)

![${HOSTILE[1]}](javascript:window.__ran=1) ![x](x"onerror="window.__ran=1) ![out](https://elsewhere.example/x.png)

<details open ontoggle="window.__ran=1"><summary>x</summary></details>
<a href="javascript:window.__ran=1" onclick="window.__ran=1">x</a>
<style>*{display:none}</style><form action="https://elsewhere.example"><input autofocus onfocus="window.__ran=1"></form>

| ${HOSTILE[2]} | b |
|---|---|
| <img src=x onerror=window.__ran=1> | \`<script>window.__ran=1</script>\` |

\`\`\`"><script>window.__ran=1</script>
<script>window.__ran=1</script>
\`\`\`

Note[^1].

[^1]: ${HOSTILE[1]}
`;

const cookies = await cookiesOf();

const good = (wrong) => expect(wrong.length === 0, wrong.join('\n'));
const save = async (page) => {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/^saved /).waitFor();
};

await check('publications: found by facet and words, read in both parts and languages', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/publications`);
  await settled(page);
  expect((await page.locator('article').count()) >= 3, 'the samples are not there');
  expect((await page.locator('article .new').count()) >= 3, 'nobody has read them yet');
  const all = await page.locator('article').count();
  await page.locator('.facets').getByRole('link', { name: /^energy/ }).click();
  await page.waitForFunction((n) => document.querySelectorAll('article').length < n, all);
  expect((await page.locator('article', { hasText: 'energy' }).count()) === (await page.locator('article').count()), 'one is not about energy');
  await page.getByLabel('Title, summary or tag').fill('no such words');
  await page.getByText('No publication fits').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.waitForFunction(() => document.querySelectorAll('article').length >= 3);
  await page.getByRole('link', { name: 'Sample: Amber Lynx returns with a new loader' }).click();
  await page.getByRole('heading', { level: 1, name: /Amber Lynx/ }).waitFor();
  await page.locator('.rich strong').first().waitFor();
  await page.getByRole('link', { name: 'Full report', exact: true }).click();
  await page.locator('.rich table').first().waitFor();
  await page.locator('.rich sup a').first().click();
  expect(page.url().includes('#full-f1'), `the footnote leads to ${page.url()}`);
  await page.getByRole('link', { name: 'Japanese' }).click();
  await page.locator('.rich:lang(ja)').getByText('時系列').first().waitFor();
  await page.locator('#indicators tbody tr').first().waitFor();
  const indicators = await page.locator('#indicators tbody tr').count();
  expect(indicators >= 6, `${indicators} indicators`);
  await page.locator('#indicators').getByText('cdn[.]amber-lynx[.]example', { exact: true }).waitFor();
  await page.locator('#indicators select').selectOption('sha256');
  await page.waitForFunction((n) => document.querySelectorAll('#indicators tbody tr').length < n, indicators);
  expect((await page.locator('#indicators tbody tr', { hasText: 'SHA-256' }).count()) === (await page.locator('#indicators tbody tr').count()), 'one is no SHA-256');
  await page.locator('#rules pre .keyword').first().waitFor();
  // Figures of the text are there, and are what was attached.
  await page.waitForFunction(() => [...document.querySelectorAll('.rich img')].length > 0);
  const coming = page.waitForEvent('download');
  await page.getByText('Download').first().click();
  await page.getByRole('button', { name: 'Text (Markdown)' }).click();
  const file = await coming;
  expect(file.suggestedFilename() === 'sample-amber-lynx.ja.md', file.suggestedFilename());
  await page.goto(`${address}/publications`);
  await settled(page);
  expect((await page.locator('article', { hasText: 'Amber Lynx returns' }).locator('.new').count()) === 0, 'it was read');
  good(wrong);
  await context.close();
});

await check('publications: written, checked, reviewed, published, revised, compared, withdrawn', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/publications/new`);
  await page.getByLabel('Title', { exact: true }).fill('Quiet Ibis in the post');
  await page.getByRole('textbox', { name: 'Executive summary' }).fill('They read **mail**.');
  await page.locator('.look strong', { hasText: 'mail' }).waitFor();
  await page.getByRole('textbox', { name: 'Executive summary' }).press('End');
  await page.getByRole('link', { name: 'Full report' }).click();
  const full = page.getByRole('textbox', { name: 'Full report' });
  await full.fill('- first');
  await full.press('End');
  await full.press('Enter');
  await page.keyboard.type('second');
  expect((await full.inputValue()) === '- first\n- second', await full.inputValue());
  await page.getByRole('link', { name: 'About' }).click();
  expect((await page.getByLabel('Name in addresses').inputValue()) === 'quiet-ibis-in-the-post', 'the name follows the title');
  await page.getByLabel('Sectors').fill('logistics');
  await page.getByLabel('Sectors').press('Enter');
  await page.getByRole('link', { name: /^Techniques/ }).click();
  await page.getByLabel('Technique: id, name or tactic').fill('T1566.002');
  await page.getByLabel('Technique: id, name or tactic').press('Enter');
  await page.getByLabel('Evidence: the sentence that says so').fill('Each mail held a link.');
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'ibis iocs.txt', mimeType: 'text/plain', buffer: Buffer.from('mail.quiet-ibis.example\n10.0.0.3\n') });
  await page.getByText('1 file is attached when you save.').waitFor();
  await save(page);
  await page.waitForURL(/\/publications\/[0-9a-f-]{36}\/edit/);
  const id = /publications\/([0-9a-f-]{36})/.exec(page.url())[1];
  await page.getByRole('link', { name: /^Check and publish/ }).click();
  await page.getByText('ibis-iocs.txt:2').waitFor();
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'ibis iocs.txt', mimeType: 'text/plain', buffer: Buffer.from('mail.quiet-ibis.example\n') });
  await page.waitForFunction(() => !document.querySelector('.bad'));
  await page.getByRole('link', { name: /^Check and publish/ }).click();
  await page.getByRole('button', { name: 'Send to review' }).click();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('It is published.').waitFor();
  await page.getByRole('link', { name: 'Text', exact: true }).click();
  await page.getByRole('link', { name: 'Executive summary' }).click();
  await page.getByRole('textbox', { name: 'Executive summary' }).fill('They read **mail** for a year.');
  await save(page);
  await page.getByRole('link', { name: /^Check and publish/ }).click();
  await page.getByRole('button', { name: 'Send to review' }).click();
  await page.getByRole('button', { name: 'Publish the revision' }).click();
  await page.getByText('It is published.').waitFor();
  await page.goto(`${address}/publications/${id}`);
  await page.getByText('They read mail for a year.').waitFor();
  await page.locator('#history').scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: 'What edition 2 changed' }).click();
  await page.locator('.diff .added strong').first().waitFor();
  const said = await page.locator('.diff .added').first().textContent();
  expect(said.includes('for a year'), said);
  await page.goto(`${address}/publications/${id}/edit?tab=publish`);
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
  await page.getByRole('button', { name: 'Withdraw it' }).click();
  await page.getByText('It is withdrawn').waitFor();
  await page.goto(`${address}/publications/${id}`);
  await page.getByText('This publication was withdrawn').waitFor();
  good(wrong);
  await context.close();
});

await check('publications: a draft that nobody read is deleted, from its page and from the list', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  const [one, two] = [await ask(page, 'POST', '/publications', { slug: 'gone-one', texts: [{ language: 'en', title: 'Gone one', summary: 's', full: '' }] }), await ask(page, 'POST', '/publications', { slug: 'gone-two', texts: [{ language: 'en', title: 'Gone two', summary: 's', full: '' }] })];
  await page.goto(`${address}/publications/${one.id}/edit`);
  await page.getByLabel('Title', { exact: true }).fill('Gone one, and typed');
  await page.getByRole('link', { name: /^Check and publish/ }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'No', exact: true }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Drafts' }).waitFor();
  await page.getByRole('link', { name: 'Gone two' }).waitFor();
  expect((await page.getByRole('link', { name: /^Gone one/ }).count()) === 0, 'the draft is still in the list');
  expect(await page.evaluate(() => !Object.keys(localStorage).some((key) => key.startsWith('mozu.draft.'))), 'what was typed is kept');
  // Somebody saved it meanwhile: it is not deleted unread.
  await ask(page, 'PATCH', `/publications/${two.id}/draft`, { version: two.version, sectors: ['water'] });
  await page.getByRole('button', { name: 'Delete Gone two' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('alert').waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Delete Gone two' }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.waitForFunction(() => ![...document.querySelectorAll('a')].some((a) => a.textContent === 'Gone two'));
  expect((await page.locator('tbody tr', { hasText: 'Amber Lynx returns' }).getByRole('button').count()) === 0, 'what was published cannot be deleted');
  good(wrong);
  await context.close();
});

await check('publications: two write at once, and nothing is lost', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  const made = await ask(page, 'POST', '/publications', { slug: 'two-at-once', texts: [{ language: 'en', title: 'Two at once', summary: 'one', full: 'both' }] });
  await page.goto(`${address}/publications/${made.id}/edit`);
  await page.getByLabel('Title', { exact: true }).fill('Two at once, mine');
  await page.getByRole('link', { name: 'Full report' }).click();
  await page.getByRole('textbox', { name: 'Full report' }).fill('both, mine');
  await ask(page, 'PATCH', `/publications/${made.id}/draft`, { version: made.version, sectors: ['water'], texts: [{ language: 'en', title: 'Two at once', summary: 'one, theirs', full: 'both, theirs' }] });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('saved another version meanwhile').waitFor();
  await page.screenshot({ path: join(pictures, 'publication-conflict-en-light-1440.png'), fullPage: true });
  await page.getByLabel('take theirs').check();
  await page.getByRole('button', { name: 'Go on with both put together' }).click();
  await save(page);
  const now = await ask(page, 'GET', `/publications/${made.id}/draft`);
  expect(now.texts[0].title === 'Two at once, mine' && now.texts[0].summary === 'one, theirs' && now.texts[0].full === 'both, theirs' && now.sectors[0] === 'water', JSON.stringify(now.texts));
  good(wrong);
  await context.close();
});

await check('publications: what was not saved is there after a reload', async () => {
  const { context, page, wrong } = await open({ cookies });
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto(`${address}/publications/new`);
  await page.getByLabel('Title', { exact: true }).fill('Half written');
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith('mozu.draft.')));
  await page.reload();
  await page.getByRole('button', { name: 'Go on with it' }).click();
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Half written');
  await page.getByRole('link', { name: 'Home' }).click();
  await settled(page);
  await page.goto(`${address}/publications/new`);
  await page.getByRole('button', { name: 'Throw it away' }).click();
  await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith('mozu.draft.')));
  good(wrong);
  await context.close();
});

await check('publications: readers are offered no writing, authors no publishing', async () => {
  const reader = await open();
  await reader.page.goto(`${address}/publications/${facts.publication}`);
  await signIn(reader.page, facts.reader);
  await reader.page.locator('.rich').waitFor();
  expect((await reader.page.getByRole('link', { name: 'Edit' }).count()) === 0, 'a reader may not edit');
  await reader.page.goto(`${address}/publications/new`);
  await reader.page.getByRole('heading', { level: 1, name: 'You may not see this' }).waitFor();
  await reader.context.close();
  const { context, page, wrong } = await open();
  await page.goto(`${address}/publications/${facts.publication}/edit?tab=publish`);
  await signIn(page, facts.author);
  await page.getByText('Nothing stands against publishing it.').waitFor();
  expect((await page.getByRole('button', { name: /^(Publish|Withdraw)/ }).count()) === 0, 'an author may not publish');
  good(wrong);
  await context.close();
});

await check('publications: one of an accepted report', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  const review = await ask(page, 'POST', '/reviews?name=heron.txt', facts.report.replace('Copper Heron', 'Second Heron'), 'application/octet-stream');
  await ask(page, 'POST', `/reviews/${review.id}/acceptance`, {});
  await page.goto(`${address}/reviews/${review.id}`);
  await page.getByRole('link', { name: 'Make a publication of it' }).click();
  await page.waitForFunction(() => document.querySelector('h1')?.textContent.includes('Second Heron'));
  await page.getByRole('link', { name: /^Techniques/ }).click();
  await page.getByText('T1059.001').first().waitFor();
  expect((await page.getByLabel('Evidence: the sentence that says so').first().inputValue()).includes('PowerShell'), 'the evidence is not there');
  await save(page);
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.getByText('indicators.txt').waitFor();
  good(wrong);
  await context.close();
});

await check('publications: one that the plan does not open is listed, says how many are left, and opens', async () => {
  const { context, page, wrong } = await open({ cookies });
  let opened = false;
  let left = 3;
  const answer = (route, status, json) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(json) });
  const bare = { id: facts.publication, locked: true, kind: 'apt', state: 'published', edition: 1, published: '2026-11-10T00:00:00Z', updated: '2026-11-10T00:00:00Z', title: 'Closed until it is opened' };
  await page.route(/\/api\/v1\/publications\?/, (route) => (opened ? route.continue() : answer(route, 200, { items: [bare] })));
  await page.route('**/api/v1/plan', (route) => answer(route, 200, { trial: { total: 10, opened: 7, left: 3 } }));
  await page.route(`**/api/v1/publications/${facts.publication}?*`, (route) => (opened ? route.continue() : answer(route, 403, { type: '/problems/locked', status: 403, code: 'locked', detail: 'no plan of yours opens this publication', hint: 'ask for one that does', publication: bare, left })));
  await page.route(`**/api/v1/publications/${facts.publication}/open`, (route) => {
    opened = route.request().method() === 'POST' && (route.request().headers()['x-csrf-token'] ?? '') !== '' && route.request().postData() === null; // the server takes no body here
    return answer(route, 200, { open: true, opened: 8, left: 2 });
  });
  await page.goto(`${address}/publications`);
  await page.locator('article.locked').getByText('Open it (3 left)').waitFor();
  // The answer says all that is shown of it: no other list is asked for.
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${address}/publications/${facts.publication}`);
  await page.getByRole('heading', { name: 'Your plan does not open this publication by itself' }).waitFor();
  await page.getByRole('heading', { level: 1, name: 'Closed until it is opened' }).waitFor();
  expect(!asked.some((one) => /\/publications\?limit=500|\/api\/v1\/plan/.test(one)), asked.join('\n'));
  await judge({ page, wrong }, 'publication-locked-en-light-1440');
  await page.getByRole('button', { name: 'Open it (3 left)' }).click();
  await page.locator('.rich').waitFor();
  // A trial that is spent offers nothing.
  [opened, left] = [false, 0];
  await page.reload();
  await page.getByRole('heading', { name: 'Your plan does not open this publication', exact: true }).waitFor();
  await page.getByText('no plan of yours opens this publication').waitFor();
  expect((await page.getByText(/choose|freely/).count()) === 0 && (await page.getByRole('button', { name: /^Open it/ }).count()) === 0, 'a choice is offered that is none');
  good(wrong);
  await context.close();
});

await check('publications: a file that could not be attached waits for the next save; a session that ended is told', async () => {
  const { context, page, wrong } = await open({ cookies });
  let refused = true;
  await page.route('**/draft/files/hosts.txt?*', (route) => (refused ? route.fulfill({ status: 503, contentType: 'application/json', body: JSON.stringify({ code: 'busy', detail: 'not now' }) }) : route.continue()));
  await page.goto(`${address}/publications/new?tab=files`);
  await page.locator('input[type=file]').setInputFiles({ name: 'hosts.txt', mimeType: 'text/plain', buffer: Buffer.from('waits.copper-heron.example\n') });
  await page.getByRole('button', { name: 'Remove hosts.txt' }).waitFor();
  await page.getByRole('link', { name: /^Text/ }).click();
  await page.getByLabel('Title').fill('Waits for its file');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('not now').waitFor();
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.getByText('file is attached when you save').waitFor();
  refused = false;
  await save(page);
  await page.waitForURL(/\/publications\/[^/]+\/edit/);
  await page.getByRole('link', { name: 'hosts.txt', exact: true }).waitFor();
  expect((await page.getByText('attached when you save').count()) === 0, 'it still waits');
  // Every request of the desk tells when the session has ended.
  await page.route('**/draft/files/hosts.txt', (route) => route.fulfill({ status: 401, contentType: 'application/json', body: '{"code":"session-refused","detail":"sign in"}' }));
  await page.getByLabel('Kind of hosts.txt').selectOption('yara');
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  good(wrong);
  await context.close();
});

await check('stored scripts: hostile words in every field stay words on every page', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  const words = HOSTILE.map((word) => word.slice(0, 190));
  const made = await ask(page, 'POST', '/publications', {
    slug: 'hostile', kind: 'own-kind', tlp: 'green',
    texts: [{ language: 'en', title: `hostilewords ${HOSTILE[1]}${HOSTILE[0]}`, summary: HOSTILE_MARKDOWN, full: HOSTILE_MARKDOWN }, { language: 'ja', title: HOSTILE[2], summary: HOSTILE_MARKDOWN, full: '' }],
    geography: words, sectors: words, actors: words.slice(0, 4), malware: words.slice(0, 4), campaigns: words.slice(0, 4),
    techniques: [{ id: 'T1059.001', evidence: HOSTILE.join(' ') }],
    references: [{ title: HOSTILE[0], url: "https://reports.example/'onclick='window.__ran=1" }],
  });
  let draft = made;
  const rule = `rule hostile { meta: a = "<script>window.__ran=1</script><img src=x onerror=window.__ran=1>" strings: $a = "</pre><script>window.__ran=1</script>" condition: $a }`;
  const sigma = `title: '<img src=x onerror=window.__ran=1>'\nid: 5d1a8f7e-3f61-4f0e-9a64-2c1b7f0a9e99\nstatus: test\nlogsource:\n    product: windows\ndetection:\n    selection:\n        CommandLine: '"><script>window.__ran=1</script>'\n    condition: selection\nlevel: high\n`;
  for (const [name, kind, body] of [['h.txt', 'indicators', 'hostile.example\nhttp://hostile.example/?q=%22%3E%3Cscript%3Ewindow.__ran=1%3C/script%3E\n'], ['h.yar', 'yara', rule], ['h.yml', 'sigma', sigma]])
    draft = await ask(page, 'PUT', `/publications/${made.id}/draft/files/${name}?kind=${kind}&version=${draft.version}`, body, 'application/octet-stream');
  await publish(page, draft);
  const pages = [
    '/', '/publications', '/publications?q=hostilewords', `/publications?actor=${encodeURIComponent(HOSTILE[1])}`, `/publications/${made.id}`, `/publications/${made.id}?view=full`, `/publications/${made.id}?lang=ja`,
    `/publications/${made.id}?lang=${encodeURIComponent(HOSTILE[1])}`, `/publications/${made.id}/edit`, `/publications/${made.id}/edit?part=full`, `/publications/${made.id}/edit?tab=about`, `/publications/${made.id}/edit?tab=techniques`,
    `/publications/${made.id}/edit?tab=files`, `/publications/${made.id}/edit?tab=publish`, '/publications/drafts', '/search?q=hostilewords', `/search?q=${encodeURIComponent(HOSTILE[0])}`, `/objects/report--${made.id}`, '/lookup?value=hostile.example', '/sources', '/indicators',
  ];
  for (const at of pages) {
    await page.goto(address + at);
    await settled(page);
    if (at.startsWith(`/publications/${made.id}`) && !at.includes('/edit')) await page.locator('#rules pre').first().waitFor();
    if (at.endsWith('/edit') || at.includes('part=full')) await page.locator('.look .rich').waitFor();
    expect((await page.evaluate(() => window.__ran)) === undefined, `something ran on ${at}`);
    const odd = await page.evaluate(() => [...document.querySelectorAll('main script, main iframe, main style, main form[action], main object, main embed, main [onclick], main [onerror], main [onload], main [ontoggle], main [onfocus], main a[href^="javascript" i], main a[href^="data" i], main img:not([src^="/"])')].map((one) => one.outerHTML.slice(0, 120)));
    expect(odd.length === 0, `${at}: ${odd.join('\n')}`);
    expect(wrong.length === 0, `${at}: ${wrong.join('\n')}`);
  }
  // A picture of it, too, and no page that it makes wider than the window.
  await page.goto(`${address}/publications/${made.id}?view=full`);
  await page.locator('#rules pre').first().waitFor();
  await judge({ page, wrong }, 'publication-hostile-en-light-1440');
  await context.close();
});

await check('stored scripts: even if the server gave hostile HTML, only what is allowed is built of it', async () => {
  const { context, page, wrong } = await open({ cookies });
  const html = `<h2 id="full-s1" onclick="window.__ran=1" style="color:red">Kept</h2><script>window.__ran=1</script><p class="right">a<img src="x" onerror="window.__ran=1"><svg><script>window.__ran=1</script></svg></p>
    <a href="javascript:window.__ran=1">js</a><a href="#nowhere">in</a><a href=" javascript:window.__ran=1">js</a><a href="https://elsewhere.example/" target="_top">out</a><iframe src="/"></iframe><form><input name="x"></form>
    <img src="https://elsewhere.example/x.png" alt="outside"><img src="/api/v1/session" alt="other"><math><mtext><style><img src=x onerror=window.__ran=1></style></mtext></math><template><img src=x onerror=window.__ran=1></template><p id="content">id</p>`;
  await page.route(`**/api/v1/publications/${facts.publication}?include=html*`, async (route) => {
    const response = await route.fetch();
    const told = await response.json();
    told.html = { summary: { html, contents: [{ level: 2, id: '"><img src=x onerror=window.__ran=1>', text: '<img src=x onerror=window.__ran=1>' }] }, full: { html, contents: [] } };
    await route.fulfill({ response, json: told });
  });
  await page.goto(`${address}/publications/${facts.publication}`);
  await page.locator('.rich h2', { hasText: 'Kept' }).waitFor();
  const built = await page.evaluate(() => {
    const rich = document.querySelector('.rich');
    return { names: [...new Set([...rich.querySelectorAll('*')].map((one) => one.localName))].sort().join(' '), attributes: [...new Set([...rich.querySelectorAll('*')].flatMap((one) => [...one.attributes].map((a) => `${one.localName}.${a.name}=${a.value}`)))].sort().join(' '), ran: window.__ran };
  });
  expect(built.ran === undefined, 'something ran');
  expect(built.names === 'a h2 p', built.names);
  expect(built.attributes === 'a.href=https://elsewhere.example/ a.rel=nofollow noopener noreferrer a.target=_blank h2.id=full-s1', built.attributes);
  // The policy counts also in the document in which the HTML is parsed, and says what it refused there.
  good(wrong.filter((one) => !one.includes('Content Security Policy')));
  await context.close();
});

const edit = `/publications/${facts.publication}/edit`;
await photograph(
  [
    ['publications', '/publications'],
    ['publication', `/publications/${facts.publication}`],
    ['publication-full', `/publications/${facts.publication}?view=full`],
    ['publication-drafts', '/publications/drafts'],
    ['publication-new', '/publications/new'],
    ['publication-text', `${edit}?part=full`, (page) => page.locator('.look .rich').waitFor()],
    ['publication-about', `${edit}?tab=about`],
    ['publication-techniques', `${edit}?tab=techniques`],
    ['publication-files', `${edit}?tab=files`],
    ['publication-publish', `${edit}?tab=publish`],
  ],
  cookies,
);
await check('a publication prints light, over the whole paper, without what is pressed', async () => {
  const { context, page } = await open({ cookies, theme: 'dark' });
  await page.goto(`${address}/publications/${facts.publication}?view=full`);
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  const seen = await page.evaluate(() => {
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).length;
    const text = getComputedStyle(document.querySelector('.rich p')).color.match(/\d+/g).map(Number);
    return { left: document.querySelector('h1').getBoundingClientRect().left, text: Math.max(...text.slice(0, 3)), pressed: shown('button') + shown('a.button'), rail: shown('.rail') };
  });
  expect(seen.left < 20 && seen.text < 110 && seen.pressed === 0 && seen.rail === 0, JSON.stringify(seen));
  await context.close();
});
await finish();
