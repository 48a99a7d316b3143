// A publication out of a report that was read and judged: what was accepted becomes tags, techniques with their sentence, and a file of indicators.
import { emptyFields, slugOf } from './drafts';
import { isAccepted } from './findings';
import type { DraftFields, Review } from './types';

const INDICATORS = new Set(['ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'email-addr', 'md5', 'sha1', 'sha256', 'sha512', 'file', 'ipv4', 'ipv6', 'domain', 'email', 'ipv4-range', 'ipv6-range']);
const EVIDENCE_MOST = 1900;

export function fromReview(review: Review): { fields: DraftFields; indicators: string } {
  const fields = emptyFields();
  const title = review.title || review.file;
  fields.slug = slugOf(title);
  fields.texts[0]!.title = title;
  fields.tlp = (review.tlp ?? '').replace(/^TLP:/i, '').toLowerCase();
  const put = (list: string[], word: string) => word !== '' && !list.includes(word) && list.push(word);
  const values = new Set<string>();
  for (const f of review.findings.filter(isAccepted)) {
    const type = f.id?.split('--')[0] ?? f.type;
    const name = f.name || f.value;
    if (type === 'intrusion-set' || type === 'threat-actor') put(fields.actors, name);
    else if (type === 'malware' || type === 'tool') put(fields.malware, name);
    else if (type === 'campaign') put(fields.campaigns, name);
    else if (/^T\d{4}(\.\d{3})?$/.test(f.value)) {
      if (!fields.techniques.some((one) => one.id === f.value)) fields.techniques.push({ id: f.value, evidence: (f.context ?? '').replace(/\s+/g, ' ').trim().slice(0, EVIDENCE_MOST) });
    } else if (INDICATORS.has(f.type)) values.add(f.value);
  }
  return { fields, indicators: values.size > 0 ? `${[...values].join('\n')}\n` : '' };
}
