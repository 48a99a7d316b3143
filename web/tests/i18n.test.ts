// Nothing is said in one language only: every key in both, every place of a sentence in both, no text outside the dictionaries, no key that nobody uses.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { format, places } from '../src/lib/message';
import { en } from '../src/locales/en';
import { ja } from '../src/locales/ja';

const src = new URL('../src', import.meta.url).pathname;
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(svelte|ts)$/.test(name) && !name.startsWith('locales'));
const read = (name: string) => readFileSync(join(src, name), 'utf8');

/** Names of the field, and of this program, which are the same in every language. */
const SAME_EVERYWHERE = /^(Mozu|TLP:?|ATT&CK|EPSS|AS|mozu import enterprise-attack\.json|hxxps?:.*|subject CN=sensor 7,O=Example|[^\p{L}]*)$/su;
const SPOKEN = new Set(['aria-label', 'title', 'placeholder', 'alt', 'caption', 'over', 'label']);

interface Node {
  type?: string;
  name?: string;
  data?: string;
  start?: number;
  [key: string]: unknown;
}
/** Texts of a template that somebody would read or hear. */
export function spokenTexts(source: string): string[] {
  const out: string[] = [];
  // What is within <kbd> is the name of a key.
  const walk = (node: unknown, of: string): void => {
    if (Array.isArray(node)) return node.forEach((one) => walk(one, of));
    if (typeof node !== 'object' || node === null) return;
    const n = node as Node;
    if (n.type === 'RegularElement' && n.name === 'kbd') return;
    if (n.type === 'Text' && (of === '' || SPOKEN.has(of))) out.push((n.data ?? '').trim());
    const inside = n.type === 'Attribute' ? (n.name ?? '') : of;
    for (const [key, value] of Object.entries(n)) if (!['css', 'instance', 'module', 'expression', 'parent', 'metadata'].includes(key)) walk(value, inside);
  };
  walk((parse(source, { modern: true }) as unknown as { fragment: unknown }).fragment, '');
  return out.filter((text) => text !== '' && !SAME_EVERYWHERE.test(text.replace(/^[^\p{L}]+|[^\p{L}&.]+$/gu, '')));
}

describe('dictionaries', () => {
  it('have the same keys', () => expect(Object.keys(ja).sort()).toEqual(Object.keys(en).sort()));
  it('have the same places in every sentence', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(places(ja[key]), key).toEqual(places(en[key]));
  });
  it('leave nothing empty, and nothing in English that is no name', () => {
    const names = /^(ATT&CK|GUID|English|URL|MD5|SHA-\d+|Enterprise|ICS|Mobile|STIX ID|\{what\}: \{n\})$/;
    for (const [key, text] of Object.entries(ja)) {
      expect(text.trim(), key).not.toBe('');
      if (!names.test(text)) expect(text, key).toMatch(/[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u);
    }
  });
  it('hold no key that nobody uses', () => {
    const all = files.map(read).join('\n');
    const groups = /^(kind|type|types|group|relation|out|in|evidence|candidate|target|domain|role|property|score|zone|theme|state|reviews|pubkind|pub\.facet|attachment|part|stage|edit\.tab|language|mark|happening|plan|notice|importing|problem\.code|check|sector|reason|reach|noise|did|system|backup|attribution|motivation|tactic|scope)\./;
    const unused = Object.keys(en).filter((key) => !groups.test(key) && !all.includes(`'${key}'`));
    expect(unused).toEqual([]);
  });
});

describe('templates', () => {
  it.each(files.filter((name) => name.endsWith('.svelte')))('%s says nothing outside the dictionaries', (name) => expect(spokenTexts(read(name))).toEqual([]));
  it('would be caught', () => {
    expect(spokenTexts('<p>Hello</p>')).toEqual(['Hello']);
    expect(spokenTexts('<input placeholder="Name" class="wide" />')).toEqual(['Name']);
    expect(spokenTexts('{#if a}<b>{a} items</b>{/if}')).toEqual(['items']);
  });
});

describe('sentences', () => {
  it('count in English', () => {
    expect(format('{n|object|objects}', { n: 1 }, 'en-GB')).toBe('1 object');
    expect(format('{n|object|objects}', { n: 1234 }, 'en-GB')).toBe('1,234 objects');
  });
  it('take values as they are', () => expect(format('Copy {value}', { value: '$& {n}' }, 'en-GB')).toBe('Copy $& {n}'));
});
