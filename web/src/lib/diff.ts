// What changed between two texts: lines by Myers' method, and within a changed line its words.
export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Line in the text before, or after; from 1. */
  before?: number;
  after?: number;
  /** Of a changed line: what of it is other than in its counterpart. */
  words?: { text: string; changed: boolean }[];
}
export interface Hunk {
  lines: DiffLine[];
  /** Equal lines that are left out before it. */
  skipped: number;
}

/** More edits than this are told as one: time and memory (4 bytes each) rise with their square, and nobody reads them. */
const EDITS_MAX = 2000;

type Edit = 'same' | 'removed' | 'added';
/** The shortest way from `a` to `b`. */
export function edits<T>(a: T[], b: T[]): Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let tail = 0;
  while (tail < a.length - start && tail < b.length - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  // Numbers in place of what they stand for: they are compared again and again.
  const numbers = new Map<T, number>();
  const numbered = (list: T[]) => Int32Array.from(list.slice(start, list.length - tail), (one) => numbers.get(one) ?? (numbers.set(one, numbers.size), numbers.size - 1));
  const middle = shortest(numbered(a), numbered(b));
  return [...Array<Edit>(start).fill('same'), ...middle, ...Array<Edit>(tail).fill('same')];
}

function shortest(a: Int32Array, b: Int32Array): Edit[] {
  const n = a.length;
  const m = b.length;
  const all = (): Edit[] => [...Array<Edit>(n).fill('removed'), ...Array<Edit>(m).fill('added')];
  if (n === 0 || m === 0) return all();
  const most = Math.min(n + m, EDITS_MAX);
  const zero = most + 1;
  const v = new Int32Array(2 * most + 3); // how far in `a`, by diagonal
  const trace: Int32Array[] = []; // before the d-th edit, the diagonals from -d-1 to d+1
  for (let d = 0; d <= most; ++d) {
    trace.push(v.slice(zero - d - 1, zero + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && v[zero + k - 1]! < v[zero + k + 1]!);
      let x = down ? v[zero + k + 1]! : v[zero + k - 1]! + 1;
      let y = x - k;
      while (x < n && y < m && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      v[zero + k] = x;
      if (x >= n && y >= m) return walkBack(trace, n, m, d);
    }
  }
  return all();
}

function walkBack(trace: Int32Array[], n: number, m: number, edit: number): Edit[] {
  const out: Edit[] = [];
  let x = n;
  let y = m;
  for (let d = edit; d >= 0; --d) {
    const v = trace[d]!;
    const zero = d + 1;
    const k = x - y;
    const down = k === -d || (k !== d && v[zero + k - 1]! < v[zero + k + 1]!);
    const from = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : v[zero + from]!;
    const fromY = d === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      out.push('same');
      x -= 1;
      y -= 1;
    }
    if (d > 0) out.push(down ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return out.reverse();
}

/** Japanese has no blanks: there each character is a word. */
const wordsOf = (line: string): string[] => line.match(/[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]|[\p{L}\p{N}_]+|\s+|[^]/gu) ?? [];

function markWords(removed: DiffLine, added: DiffLine): void {
  const a = wordsOf(removed.text);
  const b = wordsOf(added.text);
  const way = edits(a, b);
  if (way.filter((one) => one === 'same').length * 3 < Math.max(a.length, b.length)) return; // hardly anything is the same: marks would only disturb
  removed.words = [];
  added.words = [];
  const push = (list: { text: string; changed: boolean }[], text: string, changed: boolean) => {
    const last = list.at(-1);
    if (last?.changed === changed) last.text += text;
    else list.push({ text, changed });
  };
  let i = 0;
  let j = 0;
  for (const one of way) {
    if (one !== 'added') push(removed.words, a[i++]!, one === 'removed');
    if (one !== 'removed') push(added.words, b[j++]!, one === 'added');
  }
}

export function diffLines(before: string, after: string): DiffLine[] {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  for (const kind of edits(a, b)) {
    if (kind === 'same') out.push({ kind, text: a[i]!, before: ++i, after: ++j });
    else if (kind === 'removed') out.push({ kind, text: a[i]!, before: ++i });
    else out.push({ kind, text: b[j]!, after: ++j });
  }
  // A run of removed lines and the run of added ones after it are counterparts, one by one.
  for (let at = 0; at < out.length; ) {
    let removed = at;
    while (out[removed]?.kind === 'removed') removed += 1;
    let added = removed;
    while (out[added]?.kind === 'added') added += 1;
    for (let k = 0; k < Math.min(removed - at, added - removed); ++k) markWords(out[at + k]!, out[removed + k]!);
    at = Math.max(added, at + 1);
  }
  return out;
}

/** Only what changed, with some lines around it. */
export function hunks(before: string, after: string, around = 2): Hunk[] {
  const lines = diffLines(before, after);
  const shown = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.kind !== 'same') for (let k = Math.max(0, at - around); k <= Math.min(lines.length - 1, at + around); ++k) shown[k] = true;
  });
  const out: Hunk[] = [];
  let skipped = 0;
  lines.forEach((line, at) => {
    if (!shown[at]) {
      skipped += 1;
      return;
    }
    if (at === 0 || !shown[at - 1]) {
      out.push({ lines: [], skipped });
      skipped = 0;
    }
    out.at(-1)!.lines.push(line);
  });
  return out;
}
