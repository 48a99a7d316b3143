// A publication out of a report that was read and judged: what was accepted becomes tags, techniques with their sentence, references, and files of indicators and rules.
import { emptyFields, fieldsOf, slugOf } from './drafts';
import { isAccepted } from './findings';
import type { Attachment, DraftFields, Finding, Review } from './types';

// Types as the server names those of findings.
const INDICATORS = new Set(['ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'email-addr', 'md5', 'sha1', 'sha256', 'sha512']);
const RULES: Record<string, { kind: Attachment['kind']; name: string; between: string }> = {
  'yara-rule': { kind: 'yara', name: 'rules.yar', between: '\n\n' },
  'sigma-rule': { kind: 'sigma', name: 'rules.yml', between: '\n---\n' },
  'suricata-rule': { kind: 'suricata', name: 'rules.rules', between: '\n' },
};
const TAGS: Record<string, 'actors' | 'malware' | 'campaigns' | 'sectors' | 'geography'> = {
  'threat-actor': 'actors', 'intrusion-set': 'actors', malware: 'malware', tool: 'malware', campaign: 'campaigns', sector: 'sectors', country: 'geography',
};
const EVIDENCE_MOST = 1900;
const REFERENCES_MOST = 500; // as the server takes them
const TITLE_MOST = 100; // what is longer is a sentence, not what a link is called
const TAG_MOST = 200;
const ADDRESS = /^https?:\/\/[^\s"<>\\`]+$/i;

export interface MadeFile {
  name: string;
  kind: Attachment['kind'];
  text: string;
}

const line = (text: string | undefined, most: number): string => (text ?? '').replace(/\s+/g, ' ').trim().slice(0, most);
function put(list: string[], word: string): void {
  if (word !== '' && !list.some((one) => one.toLowerCase() === word.toLowerCase())) list.push(word);
}

// A report prints its rules one by one; the modules that they ask for stand before all of them.
const MODULES = ['pe', 'elf', 'macho', 'dotnet', 'dex', 'hash', 'math', 'time', 'string', 'console'];
function withImports(rules: string): string {
  const code = rules.replace(/"(?:\\.|[^"\\\n])*"|\/\/.*|\/\*[\s\S]*?\*\//g, '');
  const wanted = MODULES.filter((one) => new RegExp(`(?<![\\w.$])${one}\\.[a-z]`).test(code) && !rules.includes(`import "${one}"`));
  return `${wanted.map((one) => `import "${one}"\n`).join('')}${rules}`;
}

/** Where the report sends its readers, called as the link is called there. */
function referTo(fields: DraftFields, f: Finding): void {
  const url = f.value;
  if (!ADDRESS.test(url) || fields.references.length >= REFERENCES_MOST || fields.references.some((one) => one.url === url)) return;
  const written = line(f.context, EVIDENCE_MOST);
  fields.references.push({ title: written === '' || written.length > TITLE_MOST || /https?:|hxxp/i.test(written) ? url.slice(0, TITLE_MOST) : written, url });
}

export function fromReview(review: Review): { fields: DraftFields; files: MadeFile[] } {
  const fields = emptyFields();
  const title = review.title || review.file;
  fields.slug = slugOf(title);
  fields.texts[0]!.title = title;
  fields.tlp = fieldsOf({ ...fields, tlp: review.tlp ?? '' }).tlp;
  const values = new Set<string>();
  const rules = new Map<string, Set<string>>();
  for (const f of review.findings.filter(isAccepted)) {
    const tags = TAGS[f.type];
    if (tags) put(fields[tags], line(f.name || f.value, TAG_MOST));
    else if (f.type === 'attack-pattern') {
      if (!fields.techniques.some((one) => one.id === f.value)) fields.techniques.push({ id: f.value, evidence: line(f.context, EVIDENCE_MOST) });
    } else if (f.type === 'reference') referTo(fields, f);
    else if (RULES[f.type]) rules.set(f.type, (rules.get(f.type) ?? new Set()).add(f.value.replace(/^---\s*\n/, '').trim()));
    else if (INDICATORS.has(f.type)) values.add(f.value);
  }
  const files: MadeFile[] = values.size > 0 ? [{ name: 'indicators.txt', kind: 'indicators', text: `${[...values].join('\n')}\n` }] : [];
  for (const [type, texts] of rules) {
    const { kind, name, between } = RULES[type]!;
    const text = `${[...texts].join(between)}\n`;
    files.push({ name, kind, text: kind === 'yara' ? withImports(text) : text });
  }
  return { fields, files };
}
