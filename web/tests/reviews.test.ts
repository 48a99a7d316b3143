import { describe, expect, it } from 'vitest';
import { chunksOf, contextOf, Places } from '../src/lib/document_text';
import { changedBy, guessedType } from '../src/lib/findings';
import type { Finding, Review } from '../src/lib/types';

const finding = (index: number, value: string, more: Partial<Finding> = {}): Finding => ({ index, type: 'domain-name', value, confidence: 1, noise: null, ...more });
const review = (findings: Finding[]): Review => ({ id: 'r', version: 1, status: 'pending', findings }) as unknown as Review;

describe('two at one review', () => {
  const base = review([finding(0, 'a.example'), finding(1, 'b.example')]);
  it('what others left alone is said again', () => {
    const theirs = review([finding(0, 'a.example', { accepted: false }), finding(1, 'b.example')]);
    expect(changedBy(base, theirs, [{ index: 1, value: 'c.example' }])).toEqual({ left: [{ index: 1, value: 'c.example' }], clashes: [] });
  });
  it('what others decided otherwise is asked', () => {
    const theirs = review([finding(0, 'x.example'), finding(1, 'b.example')]);
    expect(changedBy(base, theirs, [{ index: 0, value: 'y.example' }, { index: 1, accepted: false }])).toEqual({
      left: [{ index: 1, accepted: false }],
      clashes: [{ mine: { index: 0, value: 'y.example' }, theirs: theirs.findings[0] }],
    });
  });
  it('what others did the same is done', () => {
    const theirs = review([finding(0, 'a.example', { accepted: false }), finding(1, 'c.example', { written: 'c[.]example' }), finding(2, 'new.example')]);
    expect(changedBy(base, theirs, [{ index: 0, accepted: false }, { index: 1, value: 'c[.]example' }, { type: 'domain-name', value: 'new.example' }])).toEqual({ left: [], clashes: [] });
  });
  it('what is added is added to theirs', () => {
    expect(changedBy(base, review([...base.findings, finding(2, 'theirs.example')]), [{ type: 'domain-name', value: 'mine.example' }]).left).toHaveLength(1);
  });
});

describe('a marked text', () => {
  it('is guessed to be what it looks like', () => {
    expect(['198[.]51[.]100[.]7', 'hxxp://a[.]example/x', 'CVE-2026-0001', 't1059.001', 'HKLM\\Software\\Run', 'drop.exe', 'HeronLoader'].map(guessedType)).toEqual(['ipv4-addr', 'url', 'vulnerability', 'attack-pattern', 'windows-registry-key', 'file-name', 'malware']);
  });
  it('has its line as context, of at most 400 bytes', () => {
    const text = `first\nIt talks  to a.example today.\nlast`;
    const at = text.indexOf('a.example');
    expect(contextOf(text, at, at + 9)).toBe('It talks to a.example today.');
    const long = `${'鳥'.repeat(1000)} a.example ${'鳥'.repeat(1000)}`;
    const of = contextOf(long, 1001, 1010);
    expect(new TextEncoder().encode(of).length).toBeLessThanOrEqual(400);
    expect(of).toContain('a.example');
  });
});

describe('places in a text', () => {
  const text = 'a😀b😀c';
  it('are counted in characters there, in halves here', () => {
    const places = new Places(text);
    const there = [...text];
    let at = 0;
    there.forEach((c, i) => {
      expect(places.toText(i), `${i}`).toBe(at);
      expect(places.toCharacter(at), `${at}`).toBe(i);
      at += c.length;
    });
  });
  it('make chunks that hold the whole text, and each mark once', () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `line ${n} of 😀 host${n}.example`).join('\n');
    const places = new Places(lines);
    const findings = Array.from({ length: 200 }, (_, n) => {
      const begin = lines.indexOf(`host${n * 10}.example`);
      return { index: n, span: [places.toCharacter(begin), places.toCharacter(begin + `host${n * 10}.example`.length)] as [number, number] };
    });
    const chunks = chunksOf(places, [...findings, { index: 900, span: findings[3]!.span }, { index: 901, span: [0, 0] }, { index: 902 }]);
    const pieces = chunks.flatMap((chunk) => chunk.pieces);
    expect(pieces.map((piece) => piece.text).join('')).toBe(lines);
    expect(chunks.length).toBeGreaterThan(10);
    const marked = pieces.filter((piece) => piece.of !== undefined);
    expect(marked.map((piece) => piece.of)).toEqual(findings.map((f) => f.index));
    expect(marked.every((piece, n) => piece.text === `host${n * 10}.example`)).toBe(true);
    for (const chunk of chunks) expect(lines.slice(chunk.begin)).toMatch(new RegExp(`^${chunk.pieces[0]!.text.slice(0, 5).replace(/[^\w ]/g, '.')}`));
  });
});
