// When an actor was active, as its sources say: spans and points of time, in rows that do not overlap.
export interface Happening {
  kind: 'activity' | 'campaign' | 'report' | 'malware';
  name: string;
  from: number; // ms since 1970
  until: number; // the same as from: a point
  href?: string;
}
export interface Placed extends Happening {
  row: number;
  x: number;
  width: number;
  /** Its name stands before its mark: after it, it would leave the picture. */
  before: boolean;
}
export interface Timeline {
  ticks: { x: number; year: number }[];
  rows: number;
  items: Placed[];
}

/** A time as sources write it: RFC 3339, a day, a month, or a year. `end`: the last moment of what is written. */
export function timeOf(text: unknown, end = false): number | undefined {
  if (typeof text !== 'string') return undefined;
  const [, year, month] = /^(\d{4})(?:-(\d{2})(?:-\d{2}.*)?)?$/.exec(text.trim()) ?? [];
  if (year === undefined || Number(year) < 1980 || Number(year) > 2100) return undefined;
  if (month === undefined) return end ? Date.UTC(Number(year), 11, 31) : Date.UTC(Number(year), 0, 1);
  if (/^\d{4}-\d{2}$/.test(text.trim())) return end ? Date.UTC(Number(year), Number(month), 0) : Date.UTC(Number(year), Number(month) - 1, 1);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

const DAY = 86_400_000;
/** Lays happenings on `width` pixels: the least space a label needs is `room(name)`, so that none lies on another. */
export function lay(happenings: Happening[], width: number, room: (name: string) => number): Timeline {
  if (happenings.length === 0) return { ticks: [], rows: 0, items: [] };
  const begin = new Date(Math.min(...happenings.map((h) => h.from))).getUTCFullYear();
  const end = new Date(Math.max(...happenings.map((h) => h.until))).getUTCFullYear() + 1;
  const first = Date.UTC(begin, 0, 1), last = Date.UTC(end, 0, 1);
  const xOf = (at: number) => ((at - first) / (last - first)) * width;
  const years = end - begin;
  const step = [1, 2, 5, 10, 20].find((s) => (years / s) * 46 <= width) ?? 20;
  const ticks = [];
  for (let year = begin; year <= end; year += step) ticks.push({ x: xOf(Date.UTC(year, 0, 1)), year });
  const order = { activity: 0, campaign: 1, malware: 2, report: 3 };
  const sorted = [...happenings].sort((a, b) => order[a.kind] - order[b.kind] || a.from - b.from);
  const ends: number[] = [];
  let base = 0, kind: Happening['kind'] | undefined;
  const items = sorted.map((h) => {
    if (h.kind !== kind) {
      base = ends.length;
      kind = h.kind;
    }
    const x = xOf(h.from), length = Math.max(h.until - h.from < DAY ? 8 : 4, xOf(h.until) - x);
    const label = room(h.name);
    const outside = label > length;
    const before = outside && x + length + label > width && x > label;
    let row = base;
    while (row < ends.length && ends[row]! > (before ? x - label : x) - 6) ++row;
    ends[row] = x + length + (outside && !before ? label : 0);
    return { ...h, row, x, width: length, before };
  });
  return { ticks, rows: ends.length, items };
}
