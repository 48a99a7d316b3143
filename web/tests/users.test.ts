// What an administrator changes of a user: only what was touched is sent, nobody grants what they do not have, and what others changed meanwhile stays.
import { describe, expect, it } from 'vitest';
import type { Session, User } from '../src/lib/types';
import { changeOf, emptyUser, formOf, grantable, mayActAs, rebased } from '../src/lib/users';

const rea: User = { version: 'a', name: 'rea', role: 'reader', clearance: 'TLP:AMBER+STRICT', organisation: 2, email: 'rea@mail.example', second_factor: true };
const who = (organisation: number, clearance: string): Session => ({ name: 'adam', role: 'administrator', organisation, clearance, second_factor: false, permissions: [] });

describe('a change of a user', () => {
  it('is what was touched, and nothing else', () => {
    expect(changeOf(rea, formOf(rea))).toEqual({});
    expect(changeOf(rea, { ...formOf(rea), email: ' ', clearance: 'green' })).toEqual({ email: '', clearance: 'green' });
    expect(changeOf(rea, { ...formOf(rea), password: 'another good one', dropFactor: true })).toEqual({ password: 'another good one', second_factor: false });
  });
  it('stays over what others changed meanwhile', () => {
    const now: User = { ...rea, version: 'b', role: 'analyst', email: 'rea@other.example' };
    const form = rebased({ ...formOf(rea), email: 'new@mail.example', dropFactor: true }, rea, now);
    expect(form).toEqual({ ...formOf(now), email: 'new@mail.example', dropFactor: true });
    expect(changeOf(now, form)).toEqual({ email: 'new@mail.example', second_factor: false });
  });
});
describe('what may be granted', () => {
  it('is everything for who belongs to no organisation', () => {
    expect(grantable(who(0, 'TLP:GREEN'))).toHaveLength(5);
    expect(mayActAs(who(0, 'TLP:GREEN'), rea)).toBe(true);
  });
  it('is nothing above oneself, but what somebody has may stay', () => {
    expect(grantable(who(2, 'TLP:AMBER'))).toEqual(['clear', 'green', 'amber']);
    expect(grantable(who(2, 'TLP:AMBER'), 'red')).toEqual(['clear', 'green', 'amber', 'red']);
    expect(emptyUser(who(2, 'TLP:GREEN')).clearance).toBe('green');
    expect(mayActAs(who(2, 'TLP:AMBER'), rea)).toBe(false);
    expect(mayActAs(who(2, 'TLP:RED'), rea)).toBe(true);
  });
});
