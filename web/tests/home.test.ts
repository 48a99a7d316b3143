// What the first page compares with: the visit before, and the days of a month.
import { describe, expect, it } from 'vitest';
import { everyDay } from '../src/lib/days';
import { readVisits, since, visited } from '../src/lib/visits';

const at = (text: string) => new Date(text);

describe('visits', () => {
  const first = visited(undefined, { indicator: 10 }, at('2026-11-01T08:00:00Z'));
  it('have nothing to compare with at first', () => {
    expect(first).toEqual({ now: { at: '2026-11-01T08:00:00.000Z', counts: { indicator: 10 } } });
    expect(since(first.before, { indicator: 10 }, ['indicator'])).toBe(0);
  });
  it('are one visit as long as somebody does not stay away', () => {
    const again = visited(first, { indicator: 12 }, at('2026-11-01T08:59:00Z'));
    expect(again.before).toBeUndefined();
    const next = visited(again, { indicator: 15, malware: 2 }, at('2026-11-02T08:00:00Z'));
    expect(next.before).toEqual({ at: '2026-11-01T08:59:00.000Z', counts: { indicator: 12 } });
    expect(since(next.before, { indicator: 15, malware: 2 }, ['indicator'])).toBe(3);
    expect(since(next.before, { indicator: 15, malware: 2 }, ['malware', 'tool'])).toBe(2);
    expect(visited(next, { indicator: 16 }, at('2026-11-02T08:30:00Z')).before).toEqual(next.before);
  });
  it('tell no loss', () => expect(since({ at: '', counts: { indicator: 9 } }, { indicator: 4 }, ['indicator'])).toBe(0));
  it('are read as they were written, and nothing else is', () => {
    const kept = visited(first, { indicator: 12 }, at('2026-11-03T08:00:00Z'));
    expect(readVisits(JSON.stringify(kept))).toEqual(kept);
    for (const text of [null, '', '{', '{}', '[]', '{"now":{"at":"never","counts":{}}}', '{"now":{"at":"2026-11-03","counts":{"a":"b"}}}', '{"now":{"at":"2026-11-03","counts":null}}']) expect(readVisits(text)).toBeUndefined();
  });
});

describe('days', () => {
  it('stand in a row, with those on which nothing came', () => {
    const rows = everyDay({ from: '2026-10-30', until: '2026-11-02', items: [{ day: '2026-10-31', imports: 1, added: 5, updated: 0 }] });
    expect(rows.map((one) => [one.day, one.added])).toEqual([['2026-10-30', 0], ['2026-10-31', 5], ['2026-11-01', 0], ['2026-11-02', 0]]);
  });
  it('end, whatever is told', () => {
    expect(everyDay({ from: '1900-01-01', until: '2026-11-02', items: [] }).length).toBe(400);
    expect(everyDay({ from: 'x', until: 'y', items: [] })).toEqual([]);
  });
});
