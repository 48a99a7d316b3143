// Svelte takes away what is blank at the beginning and at the end of a block and of an element. A blank that somebody put there within a line was meant: written as {' '}
// it stays, else the words before and behind run together.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const src = new URL('../src', import.meta.url).pathname;
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.svelte'));

interface Node {
  type?: string;
  data?: string;
  start?: number;
  nodes?: Node[];
  [key: string]: unknown;
}
/** Lines with a blank that is lost, each with what stands there. */
export function lostSpaces(source: string): string[] {
  const out: string[] = [];
  const at = (offset: number) => {
    const line = source.slice(0, offset).split('\n').length;
    out.push(`${line}: ${source.slice(Math.max(0, offset - 16), offset + 24).replace(/\n\s*/g, '⏎')}`);
  };
  const walk = (node: unknown, root: boolean): void => {
    if (Array.isArray(node)) return node.forEach((one) => walk(one, false));
    if (typeof node !== 'object' || node === null) return;
    const n = node as Node;
    if (n.type === 'Fragment' && !root && n.nodes !== undefined) {
      const [first, last] = [n.nodes[0], n.nodes.at(-1)];
      // Blanks with a line end in them only lay the source out.
      if (first?.type === 'Text' && /^[ \t]+(?![ \t\n])/.test(first.data ?? '') && !/^[ \t]*$/.test(n.nodes.length === 1 ? (first.data ?? '') : 'more')) at(first.start ?? 0);
      const end = last?.type === 'Text' ? /(?<![ \t\n])[ \t]+$/.exec(last.data ?? '') ?? (last !== first && /^[ \t]+$/.exec(last.data ?? '')) : null;
      if (end) at((last?.start ?? 0) + (end.index ?? 0));
    }
    for (const [key, value] of Object.entries(n)) if (!['css', 'instance', 'module', 'expression', 'parent', 'metadata', 'attributes'].includes(key)) walk(value, false);
  };
  walk((parse(source, { modern: true }) as unknown as { fragment: unknown }).fragment, true);
  return out;
}

describe('blanks of templates', () => {
  it.each(files)('%s loses none', (name) => expect(lostSpaces(readFileSync(join(src, name), 'utf8'))).toEqual([]));
  it('would be caught', () => {
    expect(lostSpaces('<p>{a}{#if b} · {b}{/if}</p>')).toHaveLength(1);
    expect(lostSpaces('<p>{a}{#if b} <i>{b}</i>{/if}</p>')).toHaveLength(1);
    expect(lostSpaces('<p>{a}<i> {b}</i></p>')).toHaveLength(1);
    expect(lostSpaces('<p>{#if a}{a}, {/if}{b}</p>')).toHaveLength(1);
    expect(lostSpaces('<p>{#if a}<i>{a}</i> {/if}{b}</p>')).toHaveLength(1);
    expect(lostSpaces("<p>{a}{#if b}{' '}<i>{b}</i>{:else}{' · '}{c}{/if}</p>")).toEqual([]);
    expect(lostSpaces('<p>\n  {a}\n  <i>{b}</i> {c}\n</p>')).toEqual([]);
  });
});
