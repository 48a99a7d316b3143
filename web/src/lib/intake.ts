// A file that somebody gives in: knowledge is imported, a document becomes a review. The server knows which it is.
import { api, Problem } from './api.svelte';
import type { Counts, Diagnostic, Review } from './types';

export interface ImportResult {
  format: string;
  objects: number;
  refused: number;
  counts: Counts;
  diagnostics?: Diagnostic[];
}
export type Taken = { file: string; review: Review } | { file: string; source: string; result: ImportResult };

/** Whose words these are must be said; the name of the file is a beginning. */
export const sourceOf = (file: string): string => file.replace(/(\.\w{1,6}){1,2}$/, '').slice(0, 100);

const tlpOf = (tlp: string): string => (tlp === '' ? '' : `&tlp=${encodeURIComponent(tlp)}`);

export const importFile = (file: File, source: string, tlp: string): Promise<ImportResult> =>
  api<ImportResult>(`/imports?name=${encodeURIComponent(file.name)}&source=${encodeURIComponent(source)}${tlpOf(tlp)}`, { method: 'POST', body: file });

/** `tlp` empty: as the document or its owner has it. */
export async function takeIn(file: File, tlp: string): Promise<Taken> {
  try {
    return { file: file.name, review: await api<Review>(`/reviews?name=${encodeURIComponent(file.name)}${tlpOf(tlp)}`, { method: 'POST', body: file }) };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'is-knowledge') throw error;
  }
  const source = sourceOf(file.name);
  return { file: file.name, source, result: await importFile(file, source, tlp) };
}
