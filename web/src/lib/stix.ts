// What of a STIX object is shown as a list of facts: everything that has no better place on the page.
const SHOWN_ELSEWHERE = new Set([
  'type', 'id', 'name', 'description', 'pattern', 'value', 'modified', 'external_references', 'object_marking_refs', 'spec_version', 'created_by_ref', 'revoked', 'confidence', 'x_mitre_modified_by_ref',
  'x_mitre_attack_spec_version', 'object_refs', 'x_mitre_contents', 'tactic_refs',
]);

export function factsOf(object: Record<string, unknown>): [string, unknown][] {
  return Object.entries(object)
    .filter(([key, value]) => !SHOWN_ELSEWHERE.has(key) && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]): [string, unknown] => [key, key === 'kill_chain_phases' && Array.isArray(value) ? value.map((phase: { phase_name?: unknown }) => phase.phase_name ?? '') : value]);
}

export interface Reference {
  url?: string;
  text: string;
}
export function referencesOf(object: Record<string, unknown>): Reference[] {
  const references = object['external_references'];
  if (!Array.isArray(references)) return [];
  return references.map((one: Record<string, unknown>) => {
    const text = [one['source_name'], one['external_id'], one['description']].filter((part) => typeof part === 'string' && part !== '').join(' · ');
    return typeof one['url'] === 'string' ? { url: one['url'], text } : { text };
  });
}
export const attackIdOf = (object: Record<string, unknown>): string => {
  const references = object['external_references'];
  if (!Array.isArray(references)) return '';
  const found = (references as Record<string, unknown>[]).find((one) => typeof one['source_name'] === 'string' && one['source_name'].startsWith('mitre') && typeof one['external_id'] === 'string');
  return (found?.['external_id'] as string | undefined) ?? '';
};
