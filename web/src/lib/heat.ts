/** Step of the heat ramp, 0 (none) to 5: by the logarithm, since a few techniques are used by nearly everybody and most by few. */
export function heat(count: number, most: number): 0 | 1 | 2 | 3 | 4 | 5 {
  if (count <= 0) return 0;
  if (most <= 1) return 3;
  return Math.min(5, 1 + Math.floor((Math.log(count) / Math.log(most)) * 4.999)) as 1 | 2 | 3 | 4 | 5;
}

/** The same of a score that somebody gave, which is what it is: in even steps. */
export function evenHeat(score: number, most: number): 0 | 1 | 2 | 3 | 4 | 5 {
  return score <= 0 ? 0 : (Math.min(5, Math.max(1, Math.ceil((5 * score) / most))) as 1 | 2 | 3 | 4 | 5);
}
