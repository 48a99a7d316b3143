// Working copies of publications: what is sent, what two people changed at once, and what a browser keeps of what is not saved yet.
import type { Draft, DraftFields, DraftText } from './types';

export const emptyFields = (): DraftFields => ({ slug: '', kind: 'apt', tlp: '', date: '', texts: [{ language: 'en', title: '', summary: '', full: '' }], geography: [], sectors: [], actors: [], malware: [], campaigns: [], techniques: [], references: [] });

export const fieldsOf = (d: DraftFields): DraftFields => ({
  slug: d.slug, kind: d.kind, tlp: d.tlp.replace(/^TLP:/i, '').toLowerCase(), date: d.date.slice(0, 10),
  texts: d.texts.map(({ language, title, summary, full }) => ({ language, title, summary, full })),
  geography: [...d.geography], sectors: [...d.sectors], actors: [...d.actors], malware: [...d.malware], campaigns: [...d.campaigns],
  techniques: d.techniques.map(({ id, evidence }) => ({ id, evidence })), references: d.references.map(({ title, url }) => ({ title, url })),
});

/** A name within the organisation out of a title; what is not Latin leaves nothing, and then it is for its author to say. */
export const slugOf = (title: string): string =>
  title.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '').slice(0, 80).replace(/-+$/, '');

/** As the server takes names of files. */
export const fileNameOf = (name: string): string => name.normalize('NFKC').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '').slice(-120).replace(/^[.-]+/, '') || 'file';

export function attachmentKindOf(name: string): 'indicators' | 'yara' | 'sigma' | 'suricata' | 'figure' {
  const end = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (end === 'yar' || end === 'yara') return 'yara';
  if (end === 'yml' || end === 'yaml') return 'sigma';
  if (end === 'rules') return 'suricata';
  // Also pictures that are not shown: it is told what is wrong with them as pictures.
  if (['png', 'jpg', 'jpeg', 'gif', 'webp', 'svg', 'bmp', 'tif', 'tiff', 'avif', 'heic'].includes(end)) return 'figure';
  return 'indicators';
}

/** Parts that are compared one by one when two people changed the same publication. */
export function partsOf(fields: DraftFields): Map<string, unknown> {
  const out = new Map<string, unknown>();
  for (const key of ['slug', 'kind', 'tlp', 'date', 'geography', 'sectors', 'actors', 'malware', 'campaigns', 'techniques', 'references'] as const) out.set(key, fields[key]);
  for (const text of fields.texts) for (const part of ['title', 'summary', 'full'] as const) out.set(`${text.language} ${part}`, text[part]);
  return out;
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const isSame = (a: DraftFields, b: DraftFields): boolean => same(fieldsOf(a), fieldsOf(b));

export interface Merge {
  /** What the other changed and I did not: it is taken. */
  theirs: string[];
  /** What I changed and the other did not: it stays. */
  mine: string[];
  /** What both changed, each in their way. */
  both: { part: string; mine: unknown; theirs: unknown }[];
  merged: DraftFields;
}
/** `base` is what I began with. Where both changed a part, `keepTheirs` decides; else mine stays. */
export function merge(base: DraftFields, mine: DraftFields, theirs: DraftFields, keepTheirs: ReadonlySet<string> = new Set()): Merge {
  const [b, m, t] = [partsOf(fieldsOf(base)), partsOf(fieldsOf(mine)), partsOf(fieldsOf(theirs))];
  const out: Merge = { theirs: [], mine: [], both: [], merged: fieldsOf(mine) };
  const take = new Map<string, unknown>();
  for (const part of new Set([...m.keys(), ...t.keys()])) {
    const byMe = !same(b.get(part), m.get(part));
    const byThem = !same(b.get(part), t.get(part));
    if (byMe && byThem && !same(m.get(part), t.get(part))) {
      out.both.push({ part, mine: m.get(part), theirs: t.get(part) });
      if (keepTheirs.has(part)) take.set(part, t.get(part));
    } else if (byThem && !byMe) {
      out.theirs.push(part);
      take.set(part, t.get(part));
    } else if (byMe) out.mine.push(part);
  }
  for (const [part, value] of take) setPart(out.merged, part, value);
  // A language that the other took out, and that I left as it was, is out.
  const has = (of: DraftFields, language: string) => of.texts.some((one) => one.language === language);
  out.merged.texts = out.merged.texts.filter((text) => text.title !== '' || text.summary !== '' || text.full !== '' || has(theirs, text.language) || !has(base, text.language));
  return out;
}
function setPart(fields: DraftFields, part: string, value: unknown): void {
  const at = part.indexOf(' ');
  if (at < 0) {
    Object.assign(fields, { [part]: value });
    return;
  }
  const language = part.slice(0, at);
  let text = fields.texts.find((one) => one.language === language);
  if (!text) {
    text = { language, title: '', summary: '', full: '' };
    fields.texts.push(text);
  }
  text[part.slice(at + 1) as keyof Omit<DraftText, 'language'>] = typeof value === 'string' ? value : '';
}

/** What is kept of what is not saved. */
export interface Unsaved {
  version: number;
  at: string;
  fields: DraftFields;
}
export function readUnsaved(text: string | null): Unsaved | undefined {
  if (text === null) return undefined;
  try {
    const told = JSON.parse(text) as Unsaved;
    if (typeof told.version !== 'number' || typeof told.at !== 'string' || !Array.isArray(told.fields.texts)) return undefined;
    return { version: told.version, at: told.at, fields: fieldsOf({ ...emptyFields(), ...told.fields }) };
  } catch {
    return undefined;
  }
}

export const stateOf = (d: Pick<Draft, 'stage' | 'version' | 'published'>): 'draft' | 'review' | 'published' | 'changed' | 'withdrawn' => {
  if (d.published?.state === 'withdrawn' && d.stage === 'draft') return 'withdrawn';
  if (d.published && d.published.version === d.version) return d.published.state === 'withdrawn' ? 'withdrawn' : 'published';
  if (d.stage === 'review') return 'review';
  return d.published ? 'changed' : 'draft';
};
