import type { Finding } from './types';

/** What nobody spoke about counts as accepted unless it is noise: as the server counts. */
export const isAccepted = (f: Pick<Finding, 'accepted' | 'noise'>): boolean => f.accepted ?? f.noise === null;

/** A text with every place of `written` in it marked, whatever its case and however it is defanged there. */
export function highlighted(text: string, written: string): { text: string; hit: boolean }[] {
  if (written === '') return [{ text, hit: false }];
  const out: { text: string; hit: boolean }[] = [];
  const wanted = written.replace(/[\\^$*+?()[\]{}|/-]/g, '\\$&').replace(/\./g, '(?:\\.|\\[\\.\\]|\\(\\.\\)|\\{\\.\\}|\\[dot\\]|\\(dot\\))').replace(/@/g, '(?:@|\\[@\\]|\\[at\\]|\\(at\\))');
  let at = 0;
  for (const found of text.matchAll(new RegExp(wanted, 'gi'))) {
    if (found.index > at) out.push({ text: text.slice(at, found.index), hit: false });
    at = found.index + found[0].length;
    out.push({ text: found[0], hit: true });
  }
  if (at < text.length) out.push({ text: text.slice(at), hit: false });
  return out;
}
