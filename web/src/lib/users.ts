// Users as administrators change them: what a form holds, what of it is a change, and what one may grant.
import type { Session, User } from './types';

export const roles = ['reader', 'author', 'analyst', 'feed-client', 'administrator'] as const;
export const levels = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;

export interface UserForm {
  email: string;
  role: string;
  organisation: number;
  clearance: string;
  external: string;
  password: string;
  dropFactor: boolean;
}
const fields = ['email', 'role', 'organisation', 'clearance', 'external'] as const;

/** TLP:AMBER as the server tells it, amber as it is set. */
export const levelOf = (tlp: string): string => tlp.replace(/^TLP:/i, '').toLowerCase();
const rank = (level: string): number => levels.findIndex((one) => one === level);

export const emptyUser = (who: Session | undefined): UserForm => ({ email: '', role: 'reader', organisation: who?.organisation ?? 0, clearance: grantable(who).includes('amber') ? 'amber' : levelOf(who?.clearance ?? 'clear'), external: '', password: '', dropFactor: false });
export const formOf = (user: User): UserForm => ({ email: user.email ?? '', role: user.role, organisation: user.organisation, clearance: levelOf(user.clearance), external: user.external ?? '', password: '', dropFactor: false });

/** Only what was touched: what others change meanwhile is none of it. */
export function changeOf(user: User, form: UserForm): Record<string, unknown> {
  const was = formOf(user);
  const out: Record<string, unknown> = {};
  for (const field of fields) {
    const now = typeof form[field] === 'string' ? form[field].trim() : form[field];
    if (now !== was[field]) out[field] = now;
  }
  if (form.password !== '') out['password'] = form.password;
  if (form.dropFactor) out['second_factor'] = false;
  return out;
}
/** The same form over what the user is by now: what was typed stays, everything else is as others left it. */
export function rebased(form: UserForm, before: User, now: User): UserForm {
  const typed = { ...changeOf(before, form), password: form.password, dropFactor: form.dropFactor };
  delete (typed as Record<string, unknown>)['second_factor'];
  return { ...formOf(now), ...typed };
}

/** Who belongs to no organisation administers everybody; others nobody above themselves. What somebody has already may stay. */
export const isOperator = (who: Session | undefined): boolean => who?.organisation === 0;
export const grantable = (who: Session | undefined, has = ''): string[] => levels.filter((one) => isOperator(who) || rank(one) <= rank(levelOf(who?.clearance ?? '')) || one === has);
/** Whoever sets a password or another way in could be that user, and see what they see. */
export const mayActAs = (who: Session | undefined, user: User): boolean => isOperator(who) || rank(levelOf(user.clearance)) <= rank(levelOf(who?.clearance ?? ''));
