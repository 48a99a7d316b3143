// What a publication is about, in the reader's language: tags are written once, in English or as somebody wrote them, and filters go by what was written.
import { country, knownTerm, t } from './i18n.svelte';
import { prefs } from './prefs.svelte';
import { codeOf } from './world/countries';

export function subjectName(facet: string, word: string): string {
  if (prefs.language === 'en') return word;
  if (facet === 'sector') return knownTerm('sector', word.toLowerCase()) ?? word;
  const code = facet === 'geography' ? codeOf(word) : undefined;
  return code ? country(code) : word;
}

/** A country that a catalogue names in one of several ways, or by its code, under the one name it has everywhere here; what is no country as it is. */
export function placeName(word: string): string {
  const code = codeOf(word);
  return code ? country(code) : word;
}
/** A tactic of ATT&CK by its phase. `name`: as its catalogue calls it. */
export function tacticName(phase: string, name = phase): string {
  return (prefs.language === 'en' && name !== phase ? undefined : knownTerm('tactic', phase)) ?? name;
}
export const motivationName = (word: string): string => knownTerm('motivation', word.trim().toLowerCase()) ?? word;
/** Where an actor is said to come from, and what the source adds to that (src/actors/record.cpp). */
export const originName = (word: string): string => (word.trim().toLowerCase() === 'unknown' ? t('actor.originUnknown') : placeName(word));
export function originDetail(detail: string): string {
  const confidence = /^attribution-confidence (\d+)$/.exec(detail)?.[1];
  if (confidence) return t('actor.confidence', { n: confidence });
  return detail === 'suspected state sponsor (CFR)' ? t('actor.sponsor') : detail;
}
