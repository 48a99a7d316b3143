// Layers of ATT&CK Navigator, format 4.5 (older 4.x are read as well): written for a comparison, read from a file that somebody opens. What is read is checked, since it
// may come from anybody, and never leaves the browser.
export interface LayerTechnique {
  id: string;
  score: number;
  comment: string;
  /** Phase of a tactic; empty: under all of them. */
  tactic: string;
}
export interface Layer {
  name: string;
  domain: 'enterprise' | 'ics' | 'mobile';
  techniques: LayerTechnique[];
  /** Entries that were no techniques. */
  left: number;
}
export const LAYER_BYTES_MAX = 8 * 1024 * 1024;
const TECHNIQUES_MAX = 20_000;
const COMMENT_MAX = 2000;
const NAME_MAX = 200;

const DOMAINS: Record<string, Layer['domain']> = { 'enterprise-attack': 'enterprise', 'mitre-enterprise': 'enterprise', 'ics-attack': 'ics', 'mobile-attack': 'mobile', 'mitre-mobile': 'mobile' };
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What such a file holds; undefined: it is no layer. A technique that is switched off is left out; one that is only coloured or commented scores 1. */
export function readLayer(text: string): Layer | undefined {
  let o: unknown;
  try {
    o = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(o) || !Array.isArray(o['techniques'])) return undefined;
  const domain = DOMAINS[typeof o['domain'] === 'string' ? o['domain'] : ''];
  if (!domain) return undefined;
  const techniques: LayerTechnique[] = [];
  let left = 0;
  for (const one of o['techniques'] as unknown[]) {
    const id = isRecord(one) && typeof one['techniqueID'] === 'string' ? one['techniqueID'].trim().toUpperCase() : '';
    if (!isRecord(one) || !/^T\d{4}(\.\d{3})?$/.test(id) || techniques.length >= TECHNIQUES_MAX) {
      ++left;
      continue;
    }
    if (one['enabled'] === false) continue;
    const said = one['score'], comment = typeof one['comment'] === 'string' ? one['comment'].slice(0, COMMENT_MAX) : '';
    const marked = comment !== '' || (typeof one['color'] === 'string' && one['color'] !== '');
    const score = typeof said === 'number' && Number.isFinite(said) ? said : marked ? 1 : 0;
    if (score <= 0 && comment === '') continue;
    techniques.push({ id, score: Math.max(0, score), comment, tactic: typeof one['tactic'] === 'string' ? one['tactic'].slice(0, 100) : '' });
  }
  return { name: typeof o['name'] === 'string' ? o['name'].slice(0, NAME_MAX) : '', domain, techniques, left };
}

export function writeLayer(layer: Pick<Layer, 'name' | 'domain'> & { description: string; techniques: Omit<LayerTechnique, 'tactic'>[] }): string {
  const most = Math.max(1, ...layer.techniques.map((x) => x.score));
  return JSON.stringify({
    name: layer.name, domain: `${layer.domain}-attack`, description: layer.description, versions: { navigator: '5.1.0', layer: '4.5' },
    techniques: layer.techniques.map((x) => ({ techniqueID: x.id, score: x.score, enabled: true, ...(x.comment ? { comment: x.comment } : {}) })),
    gradient: { colors: ['#ffe8cc', '#e8590c'], minValue: 0, maxValue: most },
  });
}
