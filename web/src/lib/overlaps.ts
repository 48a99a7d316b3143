// What sources have in common, as a matrix.
export interface Share {
  source: string;
  values: number;
  only_here: number;
  kinds: Record<string, number>;
}
export interface Overlaps {
  newest: boolean;
  counted?: string;
  cut?: boolean;
  sources?: Share[];
  pairs?: { a: string; b: string; both: number }[];
}
export interface Matrix {
  rows: Share[];
  more: number;
  both: (i: number, j: number) => number;
}

/** The sources with the most values, at most `most` of them; those without any are left out. */
export function matrixOf(overlaps: Overlaps | undefined, most: number): Matrix {
  const all = (overlaps?.sources ?? []).filter((s) => s.values > 0).sort((x, y) => y.values - x.values || x.source.localeCompare(y.source));
  const rows = all.slice(0, most);
  const at = new Map(rows.map((s, i) => [s.source, i]));
  const counts = new Map<number, number>();
  const key = (i: number, j: number) => Math.min(i, j) * rows.length + Math.max(i, j);
  for (const pair of overlaps?.pairs ?? []) {
    const a = at.get(pair.a);
    const b = at.get(pair.b);
    if (a !== undefined && b !== undefined) counts.set(key(a, b), pair.both);
  }
  return { rows, more: all.length - rows.length, both: (i, j) => counts.get(key(i, j)) ?? 0 };
}

/** The indicators that both have: those of the smaller one, which are found sooner. */
export function hrefOfBoth(a: Share, b: Share): string {
  const [of, also] = a.values <= b.values ? [a, b] : [b, a];
  return `/indicators?source=${encodeURIComponent(of.source)}&also=${encodeURIComponent(also.source)}`;
}
