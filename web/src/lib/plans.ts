// A plan as its form has it: lists as texts with commas, quotas that may be empty.
import { listed } from './lists';
import type { Plan, Quotas, Subjects } from './types';

export const subjects: (keyof Subjects)[] = ['kinds', 'geography', 'sectors', 'actors', 'malware', 'campaigns'];
export const quotas: (keyof Quotas)[] = ['requests', 'lookups', 'downloads', 'attributions'];

export interface PlanForm {
  name: string;
  title: string;
  all: boolean;
  lists: Record<keyof Subjects, string>;
  trial: number;
  days: number;
  quotas: Record<keyof Quotas, number | null | undefined>;
  version: number;
}

const each = <K extends string, V>(keys: K[], value: (key: K) => V): Record<K, V> => Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;

export function emptyPlan(): Plan {
  return { name: '', title: '', opens: { all: false, ...each(subjects, () => []) }, trial: 0, days: 365, quotas: each(quotas, () => null), version: 0 };
}
export function toForm(plan: Plan): PlanForm {
  return { name: plan.name, title: plan.title, all: plan.opens.all, lists: each(subjects, (of) => plan.opens[of].join(', ')), trial: plan.trial, days: plan.days, quotas: { ...plan.quotas }, version: plan.version };
}
export function fromForm(form: PlanForm): Plan {
  return {
    name: form.name.trim(),
    title: form.title.trim(),
    opens: { all: form.all, ...each(subjects, (of) => (form.all ? [] : listed(form.lists[of]))) },
    trial: form.trial,
    days: form.days,
    quotas: each(quotas, (of) => form.quotas[of] ?? null),
    version: form.version,
  };
}
