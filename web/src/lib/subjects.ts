// What a publication is about, in the reader's language: tags are written once, in English or as somebody wrote them, and filters go by what was written.
import { country, knownTerm } from './i18n.svelte';
import { prefs } from './prefs.svelte';
import { codeOf } from './world/countries';

export function subjectName(facet: string, word: string): string {
  if (prefs.language === 'en') return word;
  if (facet === 'sector') return knownTerm('sector', word.toLowerCase()) ?? word;
  const code = facet === 'geography' ? codeOf(word) : undefined;
  return code ? country(code) : word;
}
