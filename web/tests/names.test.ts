import { describe, expect, it } from 'vitest';
import { byLetter, fold } from '../src/lib/names';
import { figuresFor } from '../src/lib/publications';

describe('names', () => {
  it('stand by their first letter, whatever is written before it', () => {
    expect(byLetter([' Stealth Mango', '[Unnamed group]', 'APT29', '[Vault 7/8]', '???', 'bear', 'Ågren'], (name) => name)).toEqual(['APT29', 'bear', ' Stealth Mango', '[Unnamed group]', '[Vault 7/8]', 'Ågren', '???']);
    expect(fold(' Sand-Worm ')).toBe('sandworm');
  });
});

describe('figures', () => {
  const figures = ['chain-en.png', 'chain-ja.png', 'only-ja.png', 'map_of_hosts.png'].map((name) => ({ name }));
  it('are those of the language that is read, and what has no other stays', () => {
    expect(figuresFor(figures, 'en', ['en', 'ja']).map((one) => one.figure.name)).toEqual(['chain-en.png', 'only-ja.png', 'map_of_hosts.png']);
    expect(figuresFor(figures, 'ja', ['en', 'ja']).map((one) => one.shows)).toEqual(['chain', 'only', 'map of hosts']);
    expect(figuresFor(figures, 'en', ['en']).map((one) => one.figure.name)).toEqual(['chain-en.png', 'chain-ja.png', 'only-ja.png', 'map_of_hosts.png']);
  });
});
