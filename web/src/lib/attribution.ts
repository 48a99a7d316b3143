// Verdicts of attribution as the page shows them: the tree of objects, and where in a file evidence of whom lies.
export interface Attribution {
  id: string;
  file: string;
  sha256: string;
  bytes: number;
  by: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  created: string;
  problem?: { code: string; detail: string };
  progress?: { step: 'opening' | 'comparing'; done: number; objects: number };
  kind?: string;
  weak?: number;
  named?: { entity: string; entity_type: string; confidence: number }[];
}
export interface AttributionSettings {
  bytes_max: number;
  kept_days: number;
  offered: boolean;
  reason?: string;
  hint?: string;
  genes?: number;
  samples?: number;
  entities?: number;
}
export interface Evidence {
  class: string;
  offset: number;
  length: number;
  entities: number;
  sample: string;
  sample_file: string;
  sample_offset: number;
  /** Where the answer has them. */
  address?: string;
  disassembly?: string[];
  sample_address?: string;
  sample_disassembly?: string[];
}
export interface FileObject {
  path: string;
  how: string;
  kind: string;
  sha256: string;
  bytes: number;
  architecture: string;
  functions: number;
  genes: number;
  clean_genes: number;
  library_genes: number;
  known_genes: number;
  facts: Record<string, string>;
  /** Rules that it fits. */
  yara: { rule: string; description: string; tags: string[] }[];
  notes: { code: string; message: string }[];
}
export interface Verdict {
  entity: string;
  entity_type: string;
  named: boolean;
  object: string;
  objects: number;
  similarity: number;
  containment: number;
  confidence: number;
  p_value: number | null;
  similarity_of: Record<string, number>;
  shared_genes: number;
  exclusive_genes: number;
  functions: number;
  nearest_sample: string;
  nearest_file: string;
  evidence: Evidence[];
}
export interface AttributionReport {
  file: string;
  sha256: string;
  kind: string;
  objects: FileObject[];
  libraries: { name: string; genes: number }[];
  verdicts: Verdict[];
  notes: string[];
}

export const isOpen = (one: Attribution): boolean => one.state === 'queued' || one.state === 'running';
export const hex = (n: number): string => `0x${n.toString(16)}`;

/** How deep an object lies: as many parents as its path has, by the paths that are there. */
export function depths(objects: Pick<FileObject, 'path'>[]): number[] {
  const stack: string[] = [];
  return objects.map(({ path }) => {
    while (stack.length > 0 && !path.startsWith(`${stack[stack.length - 1]}/`)) stack.pop();
    stack.push(path);
    return stack.length - 1;
  });
}

export interface Piece {
  x: number;
  width: number;
  who: number;
  evidence: Evidence;
}
/** Where evidence of the verdicts of one object lies, in thousandths of its length; what is too small to be seen is made as wide as can be. */
export function pieces(verdicts: Pick<Verdict, 'evidence'>[], bytes: number, least = 3): Piece[] {
  if (bytes <= 0) return [];
  return verdicts.flatMap((verdict, who) =>
    verdict.evidence
      .filter((one) => one.offset < bytes)
      .map((evidence) => {
        const width = Math.min(1000, Math.max(least, (evidence.length / bytes) * 1000));
        return { x: Math.min(1000 - width, (evidence.offset / bytes) * 1000), width, who, evidence };
      }),
  );
}
