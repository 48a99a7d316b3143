// Sizes and times as people read them.
import { numbers } from './formats';

/** In the largest unit of which there is one: "1.2 GB". */
export function bytesIn(n: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const at = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** at;
  return numbers(locale, { style: 'unit', unit: units[at]!, unitDisplay: at === 0 ? 'long' : 'short', maximumFractionDigits: value < 100 && at > 0 ? 1 : 0 }).format(value);
}
/** The two largest units of a time: "3 days 4 hr". */
export function durationIn(seconds: number, locale: string): string {
  const parts = [
    { unit: 'day', n: Math.floor(seconds / 86_400) },
    { unit: 'hour', n: Math.floor(seconds / 3600) % 24 },
    { unit: 'minute', n: Math.floor(seconds / 60) % 60 },
    { unit: 'second', n: Math.floor(seconds) % 60 },
  ];
  const first = Math.max(0, parts.findIndex((part) => part.n > 0));
  const shown = seconds < 1 ? parts.slice(-1) : parts.slice(first, first + 2).filter((part) => part.n > 0);
  return shown.map((part) => numbers(locale, { style: 'unit', unit: part.unit, unitDisplay: 'short' }).format(part.n)).join(' ');
}
