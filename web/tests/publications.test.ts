// Publications, apart from any page: what a filter leaves, what changed between two texts, what two authors changed at once, what keys do, how rules are cut.
import { describe, expect, it } from 'vitest';
import { diffLines, edits, hunks } from '../src/lib/diff';
import { attachmentKindOf, emptyFields, fieldsOf, fileNameOf, merge, readUnsaved, slugOf, stateOf } from '../src/lib/drafts';
import { fromReview } from '../src/lib/from_review';
import { continued, linked, prefixed, surrounded, type Edited, type Selection } from '../src/lib/markdown_keys';
import { countOf, facetsOf, filtersOf, fits, newestFirst, numbered, relatedTo, rulesPath } from '../src/lib/publications';
import { rulePieces } from '../src/lib/rule_syntax';
import type { DraftFields, Finding, PublicationHead, Review } from '../src/lib/types';

const head = (more: Partial<PublicationHead>): PublicationHead => ({ id: 'a', kind: 'apt', state: 'published', edition: 1, organisation: 1, published: '2026-11-10T00:00:00Z', updated: '2026-11-10T00:00:00Z', title: 'Lynx', ...more });
it('the newest publication stands first, by its date, then by its last change', () => {
  const a = head({ id: 'a' });
  const b = head({ id: 'b', published: '2026-11-11T00:00:00Z' });
  const c = head({ id: 'c', updated: '2026-11-12T00:00:00Z' });
  expect([a, b, c].sort(newestFirst).map((p) => p.id)).toEqual(['b', 'c', 'a']);
});
const filters = (text: string) => filtersOf(new URLSearchParams(text));

describe('filters', () => {
  const list = [
    head({ id: 'a', actors: ['Lynx'], sectors: ['energy', 'water'], tlp: 'TLP:GREEN', languages: ['en', 'ja'], excerpt: 'They read ＭＡＩＬ.' }),
    head({ id: 'b', kind: 'ics', actors: ['Tide'], sectors: ['water'], published: '2026-11-24T12:00:00Z' }),
    head({ id: 'c', kind: 'ics', locked: true, title: 'Closed' }),
  ];
  const left = (text: string) => list.filter((p) => fits(p, filters(text))).map((p) => p.id).join('');
  it('narrow by each property, and by all of them', () => {
    expect(left('')).toBe('abc');
    expect(left('sector=water')).toBe('ab');
    expect(left('sector=water&kind=ics')).toBe('b');
    expect(left('language=ja')).toBe('a');
    expect(left('tlp=TLP:GREEN')).toBe('a');
    expect(left('from=2026-11-24&until=2026-11-24')).toBe('b');
    expect(left('until=2026-11-23')).toBe('ac');
  });
  it('find words in any order, case and width', () => {
    expect(left('q=mail+lynx')).toBe('a');
    expect(left('q=mail+tide')).toBe('');
    expect(left('q=closed')).toBe('c');
  });
  it('count each facet as if it were not narrowed, and the others as they are', () => {
    const counts = facetsOf(list, filters('kind=ics'));
    expect(counts.kind).toEqual({ apt: 1, ics: 2 });
    expect(counts.sector).toEqual({ water: 1 });
  });
  it('count words that are names of every object', () => expect(facetsOf([head({ actors: ['constructor', '__proto__x'] })], filters('')).actor).toEqual({ constructor: 1, __proto__x: 1 }));
  it('relate by actor before sector, and never to itself or what is withdrawn', () => {
    const of = relatedTo(list[0]!, [...list, head({ id: 'd', actors: ['Lynx'] }), head({ id: 'e', actors: ['Lynx'], state: 'withdrawn' })], 6);
    expect(of.map((one) => one.publication.id)).toEqual(['d', 'b']);
    expect(of[0]?.shared).toEqual(['Lynx']);
  });
  it('counts rules apart from indicators', () => expect([countOf({ md5: 3, domain: 2, yara: 4 }, false), countOf({ md5: 3, yara: 4 }, true), countOf(undefined, false)]).toEqual([5, 4, 0]));
});

describe('rules', () => {
  it('are asked for on from those that are there, until none is left', () => {
    const rules = Array.from({ length: 1234 }, (_, i) => i);
    const got: number[] = [];
    for (let cursor = '0'; cursor !== ''; ) {
      const at = new URL(rulesPath('a/b', 1000, Number(cursor)), 'http://localhost');
      expect(at.pathname).toBe('/publications/a%2Fb/items');
      const offset = Number(at.searchParams.get('offset'));
      const page = numbered({ items: rules.slice(offset, offset + 1000), total: rules.length }, offset);
      got.push(...page.items);
      cursor = page.next ?? '';
    }
    expect(got).toEqual(rules);
    expect(numbered({ items: [], total: 5 }, 3).next).toBe('');
  });
});

describe('differences', () => {
  it('are the shortest way, and lead from one text to the other', () => {
    const random = (seed: number) => () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff);
    for (let seed = 1; seed < 60; ++seed) {
      const next = random(seed);
      const make = () => Array.from({ length: Math.floor(next() * 30) }, () => 'abcd'[Math.floor(next() * 4)]!);
      const [a, b] = [make(), make()];
      const way = edits(a, b);
      expect(way.filter((one) => one !== 'added').length).toBe(a.length);
      const made: string[] = [];
      let i = 0;
      let j = 0;
      for (const one of way) {
        if (one === 'same') expect(a[i]).toBe(b[j]);
        if (one !== 'removed') made.push(b[j++]!);
        if (one !== 'added') i += 1;
      }
      expect(made).toEqual(b);
      // The shortest: as many equal ones as the longest common subsequence has.
      const table = Array.from({ length: a.length + 1 }, () => Array<number>(b.length + 1).fill(0));
      for (let x = 1; x <= a.length; ++x) for (let y = 1; y <= b.length; ++y) table[x]![y] = a[x - 1] === b[y - 1] ? table[x - 1]![y - 1]! + 1 : Math.max(table[x - 1]![y]!, table[x]![y - 1]!);
      expect(way.filter((one) => one === 'same').length).toBe(table[a.length]![b.length]);
    }
  });
  it('name the lines, and the words within a changed one', () => {
    const lines = diffLines('one\ntwo words here\nthree', 'one\ntwo other here\nthree');
    expect(lines.map((line) => line.kind)).toEqual(['same', 'removed', 'added', 'same']);
    expect(lines[2]).toMatchObject({ after: 2, words: [{ text: 'two ', changed: false }, { text: 'other', changed: true }, { text: ' here', changed: false }] });
  });
  it('see single characters of Japanese', () => expect(diffLines('攻撃者が戻った', '攻撃者は戻った')[1]?.words?.filter((word) => word.changed).map((word) => word.text)).toEqual(['は']));
  it('leave equal parts out, and say how much', () => {
    const text = Array.from({ length: 40 }, (_, i) => `line ${i}`);
    const shown = hunks(text.join('\n'), text.with(20, 'other').join('\n'));
    expect(shown.map((hunk) => [hunk.skipped, hunk.lines.length])).toEqual([[18, 6]]);
    expect(hunks('same', 'same')).toEqual([]);
    expect(hunks('', 'new')[0]?.lines.map((line) => line.kind)).toEqual(['added']);
  });
  it('of large and wholly different texts are told as one', () => {
    const a = Array.from({ length: 6000 }, (_, i) => `a${i}`);
    const b = Array.from({ length: 6000 }, (_, i) => `b${i}`);
    expect(edits(a, b).length).toBe(12_000);
  });
});

describe('two authors', () => {
  const base: DraftFields = { ...emptyFields(), slug: 'x', texts: [{ language: 'en', title: 'T', summary: 'S', full: 'F' }] };
  it('keep what only one of them changed', () => {
    const mine = { ...fieldsOf(base), sectors: ['energy'] };
    const theirs = { ...fieldsOf(base), texts: [{ ...base.texts[0]!, full: 'F2' }, { language: 'ja', title: 'J', summary: '', full: '' }] };
    const made = merge(base, mine, theirs);
    expect(made.both).toEqual([]);
    expect(made.merged).toMatchObject({ sectors: ['energy'], texts: [{ full: 'F2' }, { language: 'ja', title: 'J' }] });
  });
  it('are asked where both changed the same', () => {
    const mine = { ...fieldsOf(base), texts: [{ ...base.texts[0]!, title: 'mine' }] };
    const theirs = { ...fieldsOf(base), texts: [{ ...base.texts[0]!, title: 'theirs' }] };
    expect(merge(base, mine, theirs).both).toEqual([{ part: 'en title', mine: 'mine', theirs: 'theirs' }]);
    expect(merge(base, mine, theirs).merged.texts[0]?.title).toBe('mine');
    expect(merge(base, mine, theirs, new Set(['en title'])).merged.texts[0]?.title).toBe('theirs');
  });
  it('may take a language out, and bring one in', () => {
    const two = { ...fieldsOf(base), texts: [...base.texts, { language: 'ja', title: 'J', summary: '', full: '' }] };
    expect(merge(two, fieldsOf(two), fieldsOf(base)).merged.texts.map((text) => text.language)).toEqual(['en']);
    expect(merge(base, two, fieldsOf(base)).merged.texts.map((text) => text.language)).toEqual(['en', 'ja']);
  });
});

describe('drafts', () => {
  it('read the marking as the server writes it', () => expect(fieldsOf({ ...emptyFields(), tlp: 'TLP:AMBER+STRICT', date: '2026-11-10T00:00:00Z' })).toMatchObject({ tlp: 'amber+strict', date: '2026-11-10' }));
  it('get a name out of their title', () => {
    expect(slugOf('  Café & “Lynx”: returns! ')).toBe('cafe-lynx-returns');
    expect(slugOf('再来')).toBe('');
    expect(slugOf(`${'a'.repeat(79)} b`)).toBe('a'.repeat(79));
  });
  it('take files under names that the server takes', () => {
    expect(fileNameOf('../../ét c.csv')).toBe('t-c.csv');
    expect(fileNameOf('表.txt')).toBe('txt');
    expect(fileNameOf('..')).toBe('file');
    expect(['a.yar', 'b.YML', 'c.rules', 'd.png', 'd.svg', 'e.csv', 'f'].map(attachmentKindOf)).toEqual(['yara', 'sigma', 'suricata', 'figure', 'figure', 'indicators', 'indicators']);
  });
  it('believe nothing of what a browser kept', () => {
    for (const text of [null, '', '{}', 'null', '[1]', '{"version":"1"}', '{"version":1,"at":"x","fields":{}}']) expect(readUnsaved(text)).toBeUndefined();
    expect(readUnsaved(JSON.stringify({ version: 2, at: '2026-11-10T00:00:00Z', fields: emptyFields() }))?.version).toBe(2);
  });
  it('say where they stand', () => {
    const published = { state: 'published', version: 3, edition: 1, updated: '' };
    expect(stateOf({ stage: 'review', version: 3, published })).toBe('published');
    expect(stateOf({ stage: 'draft', version: 4, published })).toBe('changed');
    expect(stateOf({ stage: 'review', version: 4, published })).toBe('review');
    expect(stateOf({ stage: 'draft', version: 1 })).toBe('draft');
    expect(stateOf({ stage: 'review', version: 3, published: { ...published, state: 'withdrawn' } })).toBe('withdrawn');
  });
  it('come of a report that was judged', () => {
    const finding = (more: Partial<Finding>): Finding => ({ index: 0, type: 'domain-name', value: 'x.example', confidence: 1, noise: null, ...more });
    // Ids are of whatever catalogue knows the name: ATT&CK's, or of the knowledge base, or none.
    const findings = [
      finding({}), finding({ value: 'no.example', accepted: false }), finding({ value: 'noise.example', noise: 'x' }), finding({ type: 'sha256', value: 'ab' }), finding({ type: 'file-name', value: 'a.exe' }),
      finding({ type: 'attack-pattern', value: 'T1059.001', id: 'T1059.001', context: 'ran\n PowerShell' }), finding({ type: 'threat-actor', value: 'apt', id: 'intrusion-set--1', name: 'Heron Group' }),
      finding({ type: 'threat-actor', value: 'Wizard', id: 'G0102', name: 'Wizard Spider' }), finding({ type: 'malware', value: 'Ryuk', id: 'S0446', name: 'Ryuk' }), finding({ type: 'tool', value: 'PsExec', id: 'S0029' }), finding({ type: 'malware', value: 'ryuk' }),
      finding({ type: 'sector', value: 'healthcare', id: 'healthcare' }), finding({ type: 'country', value: 'Japan', id: 'JP', name: 'Japan' }),
      finding({ type: 'reference', value: 'https://a.example/r', context: 'The first report' }), finding({ type: 'reference', value: 'https://a.example/r' }), finding({ type: 'reference', value: 'https://b.example/', context: 'x'.repeat(200) }), finding({ type: 'reference', value: 'javascript:1' }),
      finding({ type: 'yara-rule', value: 'rule a { condition: true }\n' }), finding({ type: 'yara-rule', value: 'rule b { strings: $a = "math.x" condition: pe.is_pe and $a }' }), finding({ type: 'yara-rule', value: 'rule c { condition: true }', accepted: false }), finding({ type: 'sigma-rule', value: '---\ntitle: s' }), finding({ type: 'sigma-rule', value: 'title: t' }),
    ];
    const made = fromReview({ id: 'r', title: 'Heron', file: 'h.txt', tlp: 'TLP:GREEN', findings } as unknown as Review);
    expect(made.fields).toMatchObject({
      slug: 'heron', tlp: 'green', actors: ['Heron Group', 'Wizard Spider'], malware: ['Ryuk', 'PsExec'], sectors: ['healthcare'], geography: ['Japan'], techniques: [{ id: 'T1059.001', evidence: 'ran PowerShell' }],
      references: [{ title: 'The first report', url: 'https://a.example/r' }, { title: 'https://b.example/', url: 'https://b.example/' }],
    });
    expect(made.files).toEqual([
      { name: 'indicators.txt', kind: 'indicators', text: 'x.example\nab\n' },
      { name: 'rules.yar', kind: 'yara', text: 'import "pe"\nrule a { condition: true }\n\nrule b { strings: $a = "math.x" condition: pe.is_pe and $a }\n' },
      { name: 'rules.yml', kind: 'sigma', text: 'title: s\n---\ntitle: t\n' },
    ]);
  });
});

describe('keys', () => {
  const apply = (s: Selection, e: Edited | undefined) => (e ? `${s.text.slice(0, e.from)}${e.text}${s.text.slice(e.to)}` : undefined);
  const at = (text: string): Selection => {
    const from = text.indexOf('[');
    return { text: text.replace('[', '').replace(']', ''), from, to: text.indexOf(']') - 1 };
  };
  it('mark and unmark', () => {
    expect(apply(at('a [b] c'), surrounded(at('a [b] c'), '**'))).toBe('a **b** c');
    expect(apply(at('a **[b]** c'), surrounded(at('a **[b]** c'), '**'))).toBe('a b c');
    expect(apply(at('a **[b]** c'), surrounded(at('a **[b]** c'), '*'))).toBe('a ***b*** c');
  });
  it('begin lines', () => {
    expect(apply(at('x\n[a\nb]\ny'), prefixed(at('x\n[a\nb]\ny'), '- '))).toBe('x\n- a\n- b\ny');
    expect(apply(at('[- a\n- b]'), prefixed(at('[- a\n- b]'), '- '))).toBe('a\nb');
  });
  it('link words and addresses', () => {
    expect(apply(at('[word]'), linked(at('[word]')))).toBe('[word](https://)');
    expect(apply(at('[https://x.example]'), linked(at('[https://x.example]')))).toBe('[](https://x.example)');
  });
  it('go on with lists and quotes, and end them', () => {
    const caret = (text: string): Selection => ({ text, from: text.length, to: text.length });
    expect(apply(caret('- a'), continued(caret('- a')))).toBe('- a\n- ');
    expect(apply(caret('  9. a'), continued(caret('  9. a')))).toBe('  9. a\n  10. ');
    expect(apply(caret('- a\n- '), continued(caret('- a\n- ')))).toBe('- a\n');
    expect(continued(caret('text'))).toBeUndefined();
  });
});

describe('rules', () => {
  const kinds = (language: string, text: string) => rulePieces(language, text).filter((piece) => piece.kind !== 'plain').map((piece) => `${piece.kind}:${piece.text}`);
  it('are cut by their language', () => {
    expect(kinds('yara', 'rule a { strings: $a = "x\\"y" // c\n condition: $a and 3 }')).toEqual(['keyword:rule', 'keyword:strings', 'name:$a', 'string:"x\\"y"', 'comment:// c', 'keyword:condition', 'name:$a', 'keyword:and', 'number:3']);
    expect(kinds('sigma', "title: 'x'\n# c\nlevel: 3")).toEqual(['keyword:title', "string:'x'", 'comment:# c', 'keyword:level', 'number:3']);
    expect(kinds('suricata', 'alert tcp $HOME_NET any -> any 80 (msg:"x"; sid:1;)')).toEqual(['keyword:alert', 'name:$HOME_NET', 'number:80', 'keyword:msg', 'string:"x"', 'keyword:sid', 'number:1']);
    expect(rulePieces('other', 'x')).toEqual([{ kind: 'plain', text: 'x' }]);
  });
  it('lose nothing, whatever they hold', () => {
    const nasty = ['"', '"\\', '/*', '/a', '{ 4D 5A ?? }', '<script>', '\u0000\n'.repeat(50), '"'.repeat(999), '/*'.repeat(999), '(('.repeat(999)];
    for (const language of ['yara', 'sigma', 'suricata']) for (const text of nasty) expect(rulePieces(language, text).map((piece) => piece.text).join('')).toBe(text);
  });
});
