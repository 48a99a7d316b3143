import { describe, expect, it } from 'vitest';
import { changeOf, emptyEdit } from '../src/lib/bulk';
import { listed } from '../src/lib/lists';
import { bodyOf, draftOf } from '../src/lib/notifications';
import { emptyPlan, fromForm, toForm } from '../src/lib/plans';

describe('lists that are typed', () => {
  const typed = ' Japan, Korea、Japan，, Peru\nFiji ';
  const read = ['Japan', 'Korea', 'Peru', 'Fiji'];
  it('have commas of both languages or lines between, each value once', () => expect(listed(typed)).toEqual(read));
  it('are the same in plans, notification rules and edits of indicators', () => {
    const plan = toForm(emptyPlan());
    plan.lists.geography = typed;
    expect(fromForm(plan).opens.geography).toEqual(read);
    const rule = draftOf(undefined, 'en', 'mail');
    rule.lists.countries = typed;
    expect((bodyOf(rule, 0)['filter'] as { countries: string[] }).countries).toEqual(read);
    expect(changeOf({ ...emptyEdit(), add: typed, remove: typed })).toEqual({ add_labels: read, remove_labels: read });
  });
});
