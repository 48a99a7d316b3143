// Lists of publications: what is shown of all that one may see, and how many there would be with another word.
import type { Page, PublicationHead } from './types';

export interface Filters {
  q: string;
  kind: string;
  actor: string;
  sector: string;
  geography: string;
  tag: string;
  tlp: string;
  language: string;
  from: string;
  until: string;
}
export const FACETS = ['kind', 'actor', 'sector', 'geography', 'tag', 'tlp', 'language'] as const;
export type Facet = (typeof FACETS)[number];

export const filtersOf = (query: URLSearchParams): Filters => ({
  q: query.get('q') ?? '', kind: query.get('kind') ?? '', actor: query.get('actor') ?? '', sector: query.get('sector') ?? '', geography: query.get('geography') ?? '', tag: query.get('tag') ?? '',
  tlp: query.get('tlp') ?? '', language: query.get('language') ?? '', from: query.get('from') ?? '', until: query.get('until') ?? '',
});
/** Figures for who reads in `language`: of one that is there in several (`chain-en.png`, `chain-ja.png`) theirs, and what each shows, as its name tells it. */
export function figuresFor<T extends { name: string }>(figures: T[], language: string, languages: string[]): { figure: T; shows: string }[] {
  const parted = figures.map((figure) => {
    const stem = figure.name.replace(/\.[^.]+$/, '');
    const own = languages.find((one) => stem.toLowerCase().endsWith(`-${one}`));
    return { figure, own, stem: own ? stem.slice(0, -own.length - 1) : stem };
  });
  return parted
    .filter((one) => !one.own || one.own === language || !parted.some((other) => other.stem === one.stem && other.own === language))
    .map((one) => ({ figure: one.figure, shows: one.stem.replace(/[-_]+/g, ' ').trim() || one.figure.name }));
}
export const isNarrowed = (f: Filters): boolean => Object.values(f).some((word) => word !== '');

/** Of what is locked only title, kind, dates and tags are there: everything else is absent, and found by nothing. */
export function wordsOf(p: PublicationHead, facet: Facet): string[] {
  switch (facet) {
    case 'kind':
      return [p.kind];
    case 'actor':
      return p.actors ?? [];
    case 'sector':
      return p.sectors ?? [];
    case 'geography':
      return p.geography ?? [];
    case 'tag':
      return [...new Set([...(p.malware ?? []), ...(p.campaigns ?? [])])];
    case 'tlp':
      return p.tlp ? [p.tlp] : [];
    case 'language':
      return p.languages ?? [];
  }
}

/** Made once: with every letter that is typed all of them are looked through, once for each facet. */
const texts = new WeakMap<PublicationHead, string>();
function textOf(p: PublicationHead): string {
  let text = texts.get(p);
  if (text === undefined) {
    text = [p.title, p.excerpt, p.slug, p.kind, ...FACETS.flatMap((facet) => wordsOf(p, facet))].join('\n').normalize('NFKC').toLowerCase();
    texts.set(p, text);
  }
  return text;
}

const misses = (p: PublicationHead, f: Filters, facet: Facet): boolean => f[facet] !== '' && !wordsOf(p, facet).includes(f[facet]);
const wordsAsked = (f: Filters): string[] => f.q.normalize('NFKC').toLowerCase().split(/\s+/).filter((word) => word !== '');
/** Whether dates and words fit, whatever the facets say. */
function fitsWithin(p: PublicationHead, f: Filters, words: string[]): boolean {
  const at = p.published.slice(0, 10);
  if ((f.from !== '' && at < f.from) || (f.until !== '' && at > f.until)) return false;
  if (words.length === 0) return true;
  const text = textOf(p);
  return words.every((word) => text.includes(word));
}

export const fits = (p: PublicationHead, f: Filters): boolean => !FACETS.some((facet) => misses(p, f, facet)) && fitsWithin(p, f, wordsAsked(f));

/** How many there are of each word. A facet's own word does not narrow it: what misses by one facet alone counts in that one. */
export function facetsOf(list: PublicationHead[], f: Filters): Record<Facet, Record<string, number>> {
  const out = Object.fromEntries(FACETS.map((facet) => [facet, {}])) as Record<Facet, Record<string, number>>;
  const words = wordsAsked(f);
  for (const p of list) {
    const missed = FACETS.filter((facet) => misses(p, f, facet));
    if (missed.length > 1 || !fitsWithin(p, f, words)) continue;
    for (const facet of missed.length === 0 ? FACETS : missed)
      for (const word of wordsOf(p, facet)) out[facet][word] = (Object.hasOwn(out[facet], word) ? out[facet][word]! : 0) + 1;
  }
  return out;
}

/** The newest first, by the date that it bears. Times of the server are of one shape: letters tell their order, and of ten thousand at once. */
export function newestFirst(a: PublicationHead, b: PublicationHead): number {
  if (a.published !== b.published) return a.published < b.published ? 1 : -1;
  return a.updated === b.updated ? 0 : a.updated < b.updated ? 1 : -1;
}
export const ITEMS_A_PAGE = 50;
/** What the page of a publication asks first. */
export const publicationPath = (id: string, language: string): string => `/publications/${encodeURIComponent(id)}?include=html&lang=${encodeURIComponent(language)}`;
export const itemsPath = (id: string): string => `/publications/${encodeURIComponent(id)}/items?limit=${ITEMS_A_PAGE}&offset=0`;
export const newestPath = (language: string): string => `/publications?limit=60&lang=${language}`;
export const RULES = ['yara', 'sigma', 'suricata', 'snort'];
export const rulesPath = (id: string, limit: number, offset: number): string => `/publications/${encodeURIComponent(id)}/items?kind=${RULES.join(',')}&limit=${limit}&offset=${offset}`;
/** A page that was asked for by number, with the number of what comes after it as its cursor. */
export function numbered<T>(page: Page<T>, offset: number): Page<T> {
  const next = offset + page.items.length;
  return { ...page, next: page.items.length > 0 && next < (page.total ?? 0) ? String(next) : '' };
}
export const isRule = (kind: string): boolean => RULES.includes(kind);
export function countOf(counts: Record<string, number> | undefined, rules: boolean): number {
  return Object.entries(counts ?? {}).reduce((n, [kind, count]) => n + (isRule(kind) === rules ? count : 0), 0);
}

/** Publications that share what they are about: an actor counts more than a sector. Best first. */
export function relatedTo(p: PublicationHead, list: PublicationHead[], most: number): { publication: PublicationHead; shared: string[] }[] {
  const weights: [Facet, number][] = [['actor', 8], ['tag', 5], ['sector', 2], ['geography', 1]];
  return list
    .filter((one) => one.id !== p.id && one.state !== 'withdrawn')
    .map((one) => {
      const shared: string[] = [];
      let weight = 0;
      for (const [facet, n] of weights)
        for (const word of wordsOf(one, facet))
          if (wordsOf(p, facet).includes(word)) {
            shared.push(word);
            weight += n;
          }
      return { publication: one, shared, weight };
    })
    .filter((one) => one.weight >= 2)
    .sort((a, b) => b.weight - a.weight || b.publication.published.localeCompare(a.publication.published))
    .slice(0, most);
}

/** What belongs to a publication, as a file. STIX and MISP say of indicators what they belong to; a table of indicators and OpenIOC hold values, and nothing else is among them. */
export const exportAddress = (p: { report?: string; title: string }, format: string): string =>
  `/api/v1/exports?format=${format}&id=${p.report}&neighbours=true${format === 'csv' || format === 'openioc' ? '&indicators_only=true' : ''}&title=${encodeURIComponent(p.title)}`;
