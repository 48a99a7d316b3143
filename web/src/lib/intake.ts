// A file that somebody gives in: knowledge is imported, a document becomes a review. The server knows which it is; people know what they want of it.
import { api, Problem, problemFrom } from './api.svelte';
import type { Counts, Diagnostic, Review } from './types';

export interface ImportResult {
  format: string;
  objects: number;
  refused: number;
  counts: Counts;
  diagnostics?: Diagnostic[];
}
/** Of knowledge the file itself is kept at hand, for whoever wants it read as a report nevertheless. */
export type Taken = { file: string; review: Review } | { file: string; given: File; source: string; result: ImportResult } | { file: string; given: File; problem: Problem };

/** Whose words these are must be said; the name of the file is a beginning. */
export const sourceOf = (file: string): string => file.replace(/(\.\w{1,6}){1,2}$/, '').slice(0, 100);

const tlpOf = (tlp: string): string => (tlp === '' ? '' : `&tlp=${encodeURIComponent(tlp)}`);

export const importFile = (file: File, source: string, tlp: string): Promise<ImportResult> =>
  api<ImportResult>(`/imports?name=${encodeURIComponent(file.name)}&source=${encodeURIComponent(source)}${tlpOf(tlp)}`, { method: 'POST', body: file });

const review = (file: File, tlp: string, how: string): Promise<Review> => api<Review>(`/reviews?name=${encodeURIComponent(file.name)}${tlpOf(tlp)}${how}`, { method: 'POST', body: file });
/** Whatever it is. What was imported of it stays. */
export const readAsReport = (file: File, tlp: string): Promise<Review> => review(file, tlp, '&as=document');

/** `tlp` empty: as the document or its owner has it. */
export async function takeIn(file: File, tlp: string): Promise<Taken> {
  try {
    return { file: file.name, review: await review(file, tlp, '') };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'is-knowledge') throw error;
  }
  const source = sourceOf(file.name);
  try {
    return { file: file.name, given: file, source, result: await importFile(file, source, tlp) };
  } catch (error) {
    return { file: file.name, given: file, problem: problemFrom(error) };
  }
}
