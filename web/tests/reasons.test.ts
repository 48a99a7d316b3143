// What the server says in codes is said here in both languages.
// Reasons of a verdict: each code that the server may send has a sentence in both languages, whose places are what the server sends with it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prefs } from '../src/lib/prefs.svelte';
import { reasonText } from '../src/lib/reasons';
import { en } from '../src/locales/en';
import { ja } from '../src/locales/ja';

const root = process.env['MOZU_SOURCE_DIR'] ?? new URL('../..', import.meta.url).pathname;
const header = readFileSync(join(root, 'src/lookup/include/mozu/lookup/answer.hpp'), 'utf8');
const listed = /reason_codes = \{([^}]*)\}/.exec(header)?.[1] ?? '';
const codes = [...listed.matchAll(/"([^"]+)"/g)].map((found) => found[1]!);
const names = readFileSync(join(root, 'src/intel/detection.cpp'), 'utf8');

describe('reasons', () => {
  it('are all the codes of the server, and no other', () => {
    expect(codes.length).toBeGreaterThan(15);
    for (const language of [en, ja]) expect(Object.keys(language).filter((key) => key.startsWith('reason.')).sort()).toEqual(codes.map((code) => `reason.${code}`).sort());
  });
  it('say how an indicator reaches a value', () => {
    for (const key of Object.keys(en).filter((one) => one.startsWith('reach.'))) expect(names, key).toContain(`"${key.slice('reach.'.length)}"`);
  });
  it('are told in the language of the reader', () => {
    prefs.language = 'ja';
    expect(reasonText({ code: 'related', type: 'malware', name: 'HeronLoader', source: 'vendor' }, 'related to …')).toContain('HeronLoader(マルウェア)');
    expect(reasonText({ code: 'listed', source: 'c2', confidence: 80 }, '')).toContain('信頼度 80');
    prefs.language = 'en';
    expect(reasonText({ code: 'epss', percent: 12.3, source: 'first' }, '')).toBe('exploited within 30 days with a probability of 12.3 % (EPSS), says first');
  });
  it('of a newer server are told as it says them', () => expect(reasonText({ code: 'brand-new' }, 'as it says')).toBe('as it says'));
});

describe('the audit log', () => {
  it('says what was done in both languages', () => {
    const codes = new Set<string>();
    for (const room of ['src/server', 'src/cli'])
      for (const name of readdirSync(join(root, room)).filter((one) => one.endsWith('.cpp')))
        for (const line of readFileSync(join(root, room, name), 'utf8').split('\n'))
          if (/\baudit\(|line\.action = /.test(line)) {
            const told = /(?:audit\((?:services_?, request, |people, )?|line\.action = |\? |: )"([a-z]+(?:-[a-z]+)*)"/g;
            for (const found of line.matchAll(told)) if (!/^(on|off|disabled)$/.test(found[1]!)) codes.add(found[1]!);
          }
    expect(codes.size).toBeGreaterThan(30);
    expect([...codes].filter((code) => !(`did.${code}` in en) || !(`did.${code}` in ja))).toEqual([]);
  });
});

describe('problems', () => {
  it('that have words of their own are codes of the server', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(cpp|hpp)$/.test(name) && !name.includes('tests/')).map((name) => readFileSync(join(root, 'src', name), 'utf8')).join('\n');
    const worded = Object.keys(en).flatMap((key) => /^(?:problem\.code|check)\.(.+)/.exec(key)?.[1] ?? []);
    expect(worded.length).toBeGreaterThan(30);
    expect(worded.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
  });
});
