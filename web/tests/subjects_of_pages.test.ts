// Pages, PDFs and mails that the server makes name sectors and countries as the portal does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { codeOf } from '../src/lib/world/countries';
import { publications } from '../src/locales/publications.ja';

const root = process.env['MOZU_SOURCE_DIR'] ?? new URL('../..', import.meta.url).pathname;
const source = readFileSync(join(root, 'src/intel/subject_words.cpp'), 'utf8');
const pairs = [...source.matchAll(/\{"([^"]+)", "([^"]+)"\}/g)].map((found) => [found[1]!, found[2]!] as const);
const isCode = (word: string): boolean => /^[A-Z]{2}$/.test(word);

it('sectors of pages are those of the portal', () => {
  const ours = Object.entries(publications).filter(([key]) => key.startsWith('sector.'));
  expect(pairs.filter(([, word]) => !isCode(word)).map(([key, word]) => [`sector.${key}`, word]).sort()).toEqual(ours.sort());
});

it('names of countries lead to the same codes', () => {
  const aliases = pairs.filter(([, code]) => isCode(code));
  expect(aliases.length).toBeGreaterThan(40);
  for (const [name, code] of aliases) expect(codeOf(name), name).toBe(code);
});
