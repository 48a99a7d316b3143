// Which publications somebody has opened here, by edition: a revised one is new again. Of this browser and person alone; the server is told nothing.
import { keep, kept } from './prefs.svelte';

const MOST = 5000; // then those that were read first are forgotten

function keptMarks(who: string): Record<string, number> {
  try {
    const told: unknown = JSON.parse(kept(`read.${who}`) ?? '{}');
    if (typeof told === 'object' && told !== null) return Object.fromEntries(Object.entries(told).filter((one): one is [string, number] => typeof one[1] === 'number'));
  } catch {
    // somebody else wrote there: nothing was read
  }
  return {};
}

class ReadMarks {
  readonly #who: string;
  #marks: Record<string, number>;

  constructor(who: string) {
    this.#who = who;
    this.#marks = $state.raw(keptMarks(who));
  }
  isNew(p: { id: string; edition: number }): boolean {
    return (this.#marks[p.id] ?? 0) < p.edition;
  }
  read(p: { id: string; edition: number }[]): void {
    const { ...marks } = this.#marks;
    for (const one of p) {
      delete marks[one.id];
      marks[one.id] = one.edition;
    }
    this.#marks = Object.fromEntries(Object.entries(marks).slice(-MOST));
    keep(`read.${this.#who}`, JSON.stringify(this.#marks));
  }
}

const people = new Map<string, ReadMarks>();
export function readMarks(who: string): ReadMarks {
  const marks = people.get(who) ?? new ReadMarks(who);
  people.set(who, marks);
  return marks;
}
