// Styles stand once: what two components have in common is in base.css.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const src = new URL('../src', import.meta.url).pathname;
const LONG = 4; // declarations; shorter rules may be alike by chance

function longRules(source: string): string[] {
  const style = /<style>([^]*)<\/style>/.exec(source)?.[1] ?? '';
  return [...style.matchAll(/\{([^{}]*)\}/g)].map((found) => found[1]!.split(';').map((line) => line.trim()).filter((line) => line !== '').sort().join('; ')).filter((body) => body.split('; ').length >= LONG);
}

it('no long rule stands in two components', () => {
  const where = new Map<string, string[]>();
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.svelte')))
    for (const rule of new Set(longRules(readFileSync(join(src, name), 'utf8')))) where.set(rule, [...(where.get(rule) ?? []), name]);
  expect([...where].filter(([, names]) => names.length > 1)).toEqual([]);
});
it('would be caught', () => expect(longRules('<style>p { a: 1; b: 2; c: 3; d: 4; } @media x { q { a: 1; } }</style>')).toEqual(['a: 1; b: 2; c: 3; d: 4']));
