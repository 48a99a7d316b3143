// What of the ATT&CK matrix is shown: by platform, and by words of the name or the id.
import type { Matrix, Technique } from './types';

export interface MatrixFilter {
  platform: string;
  text: string;
}
/** Platforms that techniques of the matrix name, those of most techniques first. */
export function platformsOf(matrix: Matrix | undefined): string[] {
  const counts = new Map<string, number>();
  for (const tactic of matrix?.tactics ?? []) for (const x of tactic.techniques) for (const one of [x, ...(x.sub_techniques ?? [])]) for (const platform of one.platforms ?? []) counts.set(platform, (counts.get(platform) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([platform]) => platform);
}

/** Sub-techniques stand below theirs: one that fits keeps the technique; of a technique whose name fits all sub-techniques stay that are of the platform. */
export function filtered(matrix: Matrix, { platform, text }: MatrixFilter): Matrix {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (platform === '' && words.length === 0) return matrix;
  const isOn = (x: Technique) => platform === '' || (x.platforms ?? []).includes(platform);
  const isNamed = (x: Technique) => words.every((word) => x.name.toLowerCase().includes(word) || x.attack_id.toLowerCase().startsWith(word));
  const kept = (x: Technique): Technique[] => {
    const named = isNamed(x);
    const subs = (x.sub_techniques ?? []).filter((one) => isOn(one) && (named || isNamed(one)));
    return subs.length > 0 || (named && isOn(x)) ? [{ ...x, sub_techniques: subs }] : [];
  };
  return { ...matrix, tactics: matrix.tactics.map((tactic) => ({ ...tactic, techniques: tactic.techniques.flatMap(kept) })) };
}
