// How much was known when somebody was here before: kept in their browser, as what they have read is.
export type Counts = Record<string, number>;
export interface Moment {
  at: string;
  counts: Counts;
}
export interface Visits {
  /** The end of the visit before this one; absent at the first. */
  before?: Moment;
  /** This visit, so far. */
  now: Moment;
}
/** Whoever comes back sooner is still at the same visit. */
export const AWAY_MS = 60 * 60 * 1000;

export function visited(kept: Visits | undefined, counts: Counts, at: Date): Visits {
  const now = { at: at.toISOString(), counts };
  if (!kept) return { now };
  const away = at.getTime() - Date.parse(kept.now.at);
  if (away > AWAY_MS) return { before: kept.now, now };
  return kept.before ? { before: kept.before, now } : { now };
}

/** What came since, of these types together; less than nothing is nothing: what was taken away is no news. */
export const since = (before: Moment | undefined, counts: Counts, types: string[]): number => (before ? Math.max(0, types.reduce((n, type) => n + (counts[type] ?? 0) - (before.counts[type] ?? 0), 0)) : 0);

/** What was kept, if it is what was once written. */
export function readVisits(text: string | null): Visits | undefined {
  const isMoment = (m: unknown): m is Moment => {
    const one = m as Partial<Moment> | null | undefined;
    return typeof one?.at === 'string' && !Number.isNaN(Date.parse(one.at)) && typeof one.counts === 'object' && one.counts !== null && Object.values(one.counts).every((n) => typeof n === 'number');
  };
  try {
    const read = JSON.parse(text ?? 'null') as Partial<Visits> | null;
    if (!isMoment(read?.now)) return undefined;
    return isMoment(read.before) ? { before: read.before, now: read.now } : { now: read.now };
  } catch {
    return undefined;
  }
}
