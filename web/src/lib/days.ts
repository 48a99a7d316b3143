// Days in a row for a picture: those on which nothing came, too.
export interface Day {
  day: string;
  imports: number;
  added: number;
  updated: number;
}
export interface Days {
  from: string;
  until: string;
  items: Day[];
}
const DAY_MS = 86_400_000;
const DAYS_MOST = 400;

export function everyDay(days: Days): Day[] {
  const told = new Map(days.items.map((one) => [one.day, one]));
  const out: Day[] = [];
  for (let at = Date.parse(days.from); at <= Date.parse(days.until) && out.length < DAYS_MOST; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    out.push(told.get(day) ?? { day, imports: 0, added: 0, updated: 0 });
  }
  return out;
}
