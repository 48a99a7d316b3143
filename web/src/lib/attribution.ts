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
/** An object in cells of one size, a letter each (docs/attribution.md). */
export interface CellMap {
  object: string;
  cell_bytes: number;
  entities: { entity: string; entity_type: string }[];
  cells: string;
}
export interface AttributionReport {
  file: string;
  sha256: string;
  kind: string;
  objects: FileObject[];
  libraries: { name: string; genes: number }[];
  verdicts: Verdict[];
  /** Absent in reports of before. */
  maps?: CellMap[];
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

export const COLUMNS = 64;
/** Cells of one letter side by side. */
export interface Run {
  letter: string;
  cell: number;
  cells: number;
}
type Nobodys = 'none' | 'unknown' | 'clean' | 'library' | 'other';
const KINDS: Record<string, Nobodys> = { '.': 'none', '-': 'unknown', c: 'clean', l: 'library', o: 'other' };
/** What a cell is; `who`: of an entity its number in the map's list. */
export function kindOf(letter: string): { kind: 'entity'; who: number } | { kind: Nobodys; who?: undefined } {
  return /^[A-H]$/.test(letter) ? { kind: 'entity', who: letter.charCodeAt(0) - 65 } : { kind: KINDS[letter] ?? 'none' };
}
export function runs(cells: string): Run[] {
  const out: Run[] = [];
  for (const [cell, letter] of [...cells].entries()) {
    const last = out[out.length - 1];
    if (last?.letter === letter) last.cells += 1;
    else out.push({ letter, cell, cells: 1 });
  }
  return out;
}
/** Runs, cut where a row of the picture ends; empty cells are left out. */
export function rowsOf(cells: string): Run[] {
  const out: Run[] = [];
  for (let row = 0; row < cells.length; row += COLUMNS)
    for (const run of runs(cells.slice(row, row + COLUMNS))) if (run.letter !== '.') out.push({ ...run, cell: run.cell + row });
  return out;
}
/** How much of the cells each letter has: entities in their order, then the rest. */
export function sharesOf(cells: string): { letter: string; share: number }[] {
  const counts = new Map<string, number>();
  for (const letter of cells) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...'ABCDEFGHolc-.'].flatMap((letter) => (counts.has(letter) ? [{ letter, share: counts.get(letter)! / cells.length }] : []));
}
