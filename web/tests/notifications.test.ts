import { describe, expect, it } from 'vitest';
import { askedAgainIn, type Delivery } from '../src/lib/notifications';

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
