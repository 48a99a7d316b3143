import { describe, expect, it } from 'vitest';
import { bytesIn, durationIn } from '../src/lib/units';

describe('sizes', () => {
  it('are in the largest unit of which there is one', () => {
    expect([0, 1, 999, 1000, 1_250_000, 123_456_789, 3_400_000_000, 5e15].map((n) => bytesIn(n, 'en-GB'))).toEqual(['0 bytes', '1 byte', '999 bytes', '1 kB', '1.3 MB', '123 MB', '3.4 GB', '5,000 TB']);
  });
});

describe('durations', () => {
  it('name their two largest units', () => {
    expect([0, 59, 60, 3661, 90_000, 86_400 * 12 + 59].map((n) => durationIn(n, 'en-GB'))).toEqual(['0 secs', '59 secs', '1 min', '1 hr 1 min', '1 day 1 hr', '12 days']);
  });
});
