import { describe, expect, it } from 'vitest';
import { emptyPlan, fromForm, toForm } from '../src/lib/plans';

describe('the form of a plan', () => {
  it('gives back what it was given', () => {
    const plan = { ...emptyPlan(), name: 'apt', title: 'APT', opens: { ...emptyPlan().opens, kinds: ['apt'], sectors: ['energy', 'water'] }, trial: 3, quotas: { requests: 100, lookups: null, downloads: 0, attributions: null }, version: 4 };
    expect(fromForm(toForm(plan))).toEqual(plan);
  });
  it('drops the lists of a plan that opens everything', () => {
    const form = toForm(emptyPlan());
    form.all = true;
    form.lists.kinds = 'apt';
    expect(fromForm(form).opens.kinds).toEqual([]);
  });
  it('takes an emptied quota for none', () => {
    const form = toForm(emptyPlan());
    form.quotas.lookups = undefined;
    expect(fromForm(form).quotas.lookups).toBeNull();
  });
});
