// Sentences with places in them: {name}, and {n|one|many} for what English counts in two ways. Japanese writes {n}.
import { numbers } from './formats';

export type Values = Record<string, string | number>;

export function format(message: string, values: Values, locale: string): string {
  return message.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    const text = typeof value === 'number' ? numbers(locale).format(value) : value;
    if (one === undefined || many === undefined) return text;
    return `${text} ${value === 1 ? one : many}`;
  });
}

/** Names of the places of a message, for the test that compares languages. */
export const places = (message: string): string[] => [...new Set([...message.matchAll(/\{(\w+)/g)].map((found) => found[1]!))].sort();
