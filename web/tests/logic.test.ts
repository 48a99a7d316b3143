import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { highlighted, isAccepted } from '../src/lib/findings';
import { heat } from '../src/lib/heat';
import { actionOf } from '../src/lib/keys';
import { pageAt, pages } from '../src/lib/pages';
import { places } from '../src/lib/places';
import { hrefOf, paragraphs, pieces, plainOf } from '../src/lib/prose';
import { attackIdOf, factsOf } from '../src/lib/stix';

describe('prose', () => {
  it('keeps links to ATT&CK in the portal', () =>
    expect(pieces('[Sandworm Team](https://attack.mitre.org/groups/G0034) uses [PowerShell](https://attack.mitre.org/techniques/T1059/001).(Citation: X 2020)')).toEqual([
      { kind: 'link', text: 'Sandworm Team', href: '/lookup?value=G0034' },
      { kind: 'text', text: ' uses ' },
      { kind: 'link', text: 'PowerShell', href: '/attack/T1059.001' },
      { kind: 'text', text: '.' },
      { kind: 'citation', text: 'X 2020' },
    ]));
  it('opens nothing but addresses of the web', () => {
    expect(hrefOf('javascript:alert(1)')).toBeUndefined();
    expect(hrefOf('data:text/html,x')).toBeUndefined();
    expect(hrefOf('https://example.com/a')).toBe('https://example.com/a');
    expect(pieces('[x](javascript:alert)')).toEqual([{ kind: 'text', text: 'x' }]);
  });
  it('never makes HTML of a text', () => expect(pieces('<img src=x onerror=alert(1)>')).toEqual([{ kind: 'text', text: '<img src=x onerror=alert(1)>' }]));
  it('is shown without its marks where it is cut', () => {
    expect(plainOf('…Electric Power Attack](https://attack.mitre.org/campaigns/C0034) was a [Sandworm Team](https://attack.mitre.org/groups/G0034) campaign')).toBe('…Electric Power Attack was a Sandworm Team campaign');
    expect(plainOf('[Sandworm Team](https://attack.mitre.org/groups/G0034) is a group')).toBe('Sandworm Team is a group');
    expect(plainOf('used in 2022.(Citation: WithSecure…')).toBe('used in 2022.…');
    expect(plainOf('including Asus. [Cyclops…')).toBe('including Asus. Cyclops…');
    expect(plainOf('plain (in brackets) text [1]')).toBe('plain (in brackets) text [1]');
  });
  it('cuts at empty lines', () => expect(paragraphs('a\n\nb\n \nc')).toHaveLength(3));
  it('shows code as code', () => expect(pieces('run <code>net use</code> now')[1]).toEqual({ kind: 'code', text: 'net use' }));
});

describe('keys', () => {
  it('search, help, places', () => {
    expect(actionOf({ key: '/' }, false, false)).toEqual({ kind: 'search' });
    expect(actionOf({ key: 'g' }, false, false)).toEqual({ kind: 'wait' });
    expect(actionOf({ key: 'a' }, true, false)).toEqual({ kind: 'go', href: '/actors' });
  });
  it('mean nothing while somebody types, or with a modifier', () => {
    expect(actionOf({ key: '/' }, false, true)).toEqual({ kind: 'none' });
    expect(actionOf({ key: 'j', ctrlKey: true }, false, false)).toEqual({ kind: 'none' });
  });
});

describe('pages', () => {
  it('are found by address', () => {
    expect(pageAt('/')?.page.pattern).toBe('/');
    expect(pageAt('/actors/intrusion-set--1')).toMatchObject({ parameter: 'intrusion-set--1', page: { pattern: '/actors/{id}' } });
    expect(pageAt('/attack/T1059.001/')?.parameter).toBe('T1059.001');
    expect(pageAt('/nowhere')).toBeUndefined();
    expect(pageAt('/objects/%E0%A4%A')).toBeUndefined();
  });
  it('are those that the server hands out', () => {
    const root = process.env['MOZU_SOURCE_DIR'] ?? new URL('../..', import.meta.url).pathname;
    const source = readFileSync(`${root}/src/server/routes_portal.cpp`, 'utf8');
    const table = /string_view pages\[\] = \{([^;]*)\};/.exec(source)?.[1] ?? '';
    const served = [...table.matchAll(/"([^"]+)"/g)].map((found) => found[1]).sort();
    expect(['/', ...served].sort()).toEqual(pages.map((page) => page.pattern).sort());
  });
});

describe('heat', () => {
  it('goes from none to most', () => {
    expect(heat(0, 100)).toBe(0);
    expect(heat(1, 100)).toBe(1);
    expect(heat(100, 100)).toBe(5);
    expect(heat(1, 1)).toBe(3);
  });
  it('never falls', () => {
    for (let n = 1; n < 200; ++n) expect(heat(n, 200)).toBeGreaterThanOrEqual(heat(n - 1, 200));
  });
});

describe('findings', () => {
  it('count as the server counts', () => {
    expect(isAccepted({ noise: null })).toBe(true);
    expect(isAccepted({ noise: 'warning list' })).toBe(false);
    expect(isAccepted({ noise: 'warning list', accepted: true })).toBe(true);
    expect(isAccepted({ noise: null, accepted: false })).toBe(false);
  });
  it('are marked where they are written', () =>
    expect(highlighted('see EVIL.example now', 'evil.example')).toEqual([
      { text: 'see ', hit: false },
      { text: 'EVIL.example', hit: true },
      { text: ' now', hit: false },
    ]));
  it('are marked where they are defanged, and nothing in them is a pattern', () => {
    expect(highlighted('at files[.]heron(.)example now', 'files.heron.example')[1]).toEqual({ text: 'files[.]heron(.)example', hit: true });
    expect(highlighted('a+b [x] (y)', '[x] (y)')[1]).toEqual({ text: '[x] (y)', hit: true });
    expect(highlighted('C:\\a\\b', 'c:\\a\\b')[0]).toEqual({ text: 'C:\\a\\b', hit: true });
  });
  it('mark nothing for an empty text', () => expect(highlighted('abc', '')).toEqual([{ text: 'abc', hit: false }]));
});

describe('objects', () => {
  it('show what has no better place', () =>
    expect(factsOf({ type: 'malware', name: 'x', labels: [], is_family: true, kill_chain_phases: [{ phase_name: 'execution' }] })).toEqual([
      ['is_family', true],
      ['kill_chain_phases', ['execution']],
    ]));
  it('know their id in ATT&CK', () => expect(attackIdOf({ external_references: [{ source_name: 'x' }, { source_name: 'mitre-attack', external_id: 'T1059' }] })).toBe('T1059'));
});

describe('the main menu', () => {
  it('leads to pages, with their permission', () => {
    for (const place of places) {
      const page = pageAt(place.href)?.page;
      expect(page?.pattern, place.href).toBe(place.href);
      expect(place.permission, place.href).toBe(page?.permission);
    }
  });
  it('has a key of its own for each place', () => {
    expect(new Set(places.map((place) => place.press)).size).toBe(places.length);
    for (const { press, href } of places) expect(actionOf({ key: press }, true, false)).toEqual({ kind: 'go', href });
  });
});
