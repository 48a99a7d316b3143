import { describe, expect, it } from 'vitest';
import { askedAgainIn, draftOf, rebased, type Delivery, type Rule } from '../src/lib/notifications';

const row = (state: Delivery['state'], due?: string): Delivery => ({ id: 1, rule: 'r', created: '', state, tries: 0, ...(due ? { due } : {}) });
const now = Date.parse('2026-01-01T00:00:00Z');

describe('the outbox', () => {
  it('is asked again only while something waits', () => {
    expect(askedAgainIn([], now)).toBeUndefined();
    expect(askedAgainIn([row('sent'), row('failed'), row('dropped')], now)).toBeUndefined();
  });
  it('is asked soon for what is due, seldom for what is due later', () => {
    expect(askedAgainIn([row('sent'), row('waiting')], now)).toBe(2000);
    expect(askedAgainIn([row('waiting', '2025-12-31T00:00:00Z')], now)).toBe(2000);
    expect(askedAgainIn([row('waiting', '2026-01-01T00:00:30Z'), row('waiting', '2026-01-02T00:00:00Z')], now)).toBe(30_000);
    expect(askedAgainIn([row('waiting', '2026-01-02T00:00:00Z')], now)).toBe(60_000);
  });
});

describe('a rule that two windows change', () => {
  const before: Rule = { id: 'r', version: 1, name: 'mine', enabled: true, channel: 'mail', language: 'en', rhythm: 'daily', hour: 8, weekday: 1, utc_offset: 0, filter: { events: [], kinds: ['apt'], actors: [], sectors: [], countries: ['Japan'], tags: [], tlp: [] } };
  it('keeps what is typed, and takes everything else as it is by now', () => {
    const form = draftOf(before, 'en', 'mail');
    form.name = 'ours';
    form.lists.kinds = 'apt, ics';
    const now: Rule = { ...before, version: 2, name: 'theirs', hour: 20, filter: { ...before.filter, kinds: [], countries: ['Peru'], events: ['published'] } };
    const both = rebased(form, before, now);
    expect([both.name, both.hour, both.lists.kinds, both.lists.countries, both.events]).toEqual(['ours', 20, 'apt, ics', 'Peru', ['published']]);
  });
});
