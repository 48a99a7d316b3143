// The text of a document with places marked in it. The server counts characters; the browser counts in halves of those beyond 65,535.

/** From places in characters to places in the text, and back. */
export class Places {
  #wide: number[] = []; // characters of two halves, by number of the character
  constructor(readonly text: string) {
    let seen = 0;
    for (const found of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) this.#wide.push(found.index - seen++);
  }
  toText(character: number): number {
    return character + this.#before(character, (n) => this.#wide[n]!);
  }
  toCharacter(at: number): number {
    return at - this.#before(at, (n) => this.#wide[n]! + n);
  }
  /** How many wide ones stand before `at`, where the n-th stands at `where(n)`. */
  #before(at: number, where: (n: number) => number): number {
    let low = 0, high = this.#wide.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (where(middle) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface Piece {
  text: string;
  /** Number of the finding that is marked here. */
  of?: number;
}
export interface Chunk {
  begin: number;
  pieces: Piece[];
}
const CHUNK = 3000;

/** The text in chunks that end with a line where they can, so that only those in sight are laid out; of places that overlap the first counts. */
export function chunksOf(places: Places, findings: { index: number; span?: [number, number] | undefined }[]): Chunk[] {
  const { text } = places;
  const marks = findings
    .filter((f) => f.span !== undefined && f.span[0] < f.span[1])
    .map((f) => ({ of: f.index, begin: places.toText(f.span![0]), end: Math.min(places.toText(f.span![1]), text.length) }))
    .sort((a, b) => a.begin - b.begin || b.end - a.end);
  const out: Chunk[] = [];
  let at = 0;
  let next = 0;
  while (at < text.length) {
    let end = at + CHUNK;
    if (end < text.length) {
      const line = text.lastIndexOf('\n', end);
      end = line > at ? line + 1 : end;
    } else end = text.length;
    const chunk: Chunk = { begin: at, pieces: [] };
    let from = at;
    for (; next < marks.length && marks[next]!.begin < end; ++next) {
      const mark = marks[next]!;
      if (mark.begin < from || mark.begin >= mark.end) continue;
      if (mark.begin > from) chunk.pieces.push({ text: text.slice(from, mark.begin) });
      chunk.pieces.push({ text: text.slice(mark.begin, mark.end), of: mark.of });
      from = mark.end;
      end = Math.max(end, from);
    }
    if (from < end) chunk.pieces.push({ text: text.slice(from, end) });
    out.push(chunk);
    at = end;
  }
  return out;
}

const CONTEXT_BYTES_MOST = 400;
const bytes = new TextEncoder();
/** The line around a place, as much of it as the server keeps. */
export function contextOf(text: string, begin: number, end: number): string {
  const from = text.lastIndexOf('\n', begin - 1) + 1;
  const to = text.indexOf('\n', end);
  const before = [...text.slice(Math.max(from, begin - CONTEXT_BYTES_MOST), begin)];
  const after = [...text.slice(end, Math.min(to < 0 ? text.length : to, end + CONTEXT_BYTES_MOST))];
  const joined = () => [...before, text.slice(begin, end), ...after].join('').replace(/\s+/g, ' ').trim();
  while (before.length + after.length > 0 && bytes.encode(joined()).length > CONTEXT_BYTES_MOST) {
    if (before.length > after.length) before.shift();
    else after.pop();
  }
  const out = joined();
  return bytes.encode(out).length <= CONTEXT_BYTES_MOST ? out : '';
}
