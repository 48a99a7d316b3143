import { describe, expect, it } from 'vitest';
import { addressOf, defang, interpret, objectAddress, pastedValues, refang, valueType, withoutBegun } from '../src/lib/values';

describe('refang', () => {
  it.each([
    ['hxxp://evil[.]example/a', 'http://evil.example/a'],
    ['hXXps[:]//evil(.)example', 'https://evil.example'],
    ['evil[dot]example', 'evil.example'],
    ['someone[at]evil{.}example', 'someone@evil.example'],
    ['192.0.2[.]1', '192.0.2.1'],
    ['evil．example', 'evil.example'],
    ['ev\u200bil.example', 'evil.example'],
    ['hxxp', 'http'],
  ])('%s', (given, wanted) => expect(refang(given)).toBe(wanted));
});

describe('defang', () => {
  it.each([
    ['http://evil.example/a.b?c=d', 'hxxp://evil[.]example/a.b?c=d'],
    ['192.0.2.1', '192[.]0[.]2[.]1'],
    ['a@evil.example', 'a[@]evil[.]example'],
    ['d41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['Copper Heron', 'Copper Heron'],
  ])('%s', (given, wanted) => expect(defang(given)).toBe(wanted));
  it('is undone by refang', () => {
    for (const value of ['https://files.evil.example/x', '192.0.2.1', 'a@evil.example']) expect(refang(defang(value))).toBe(value);
  });
});

describe('valueType', () => {
  it.each([
    ['192.0.2.1', 'ipv4'],
    ['192.0.2.0/24', 'ipv4-range'],
    ['999.0.2.1', undefined],
    ['2001:db8::1', 'ipv6'],
    ['evil.example', 'domain'],
    ['例え.テスト', 'domain'],
    ['hxxp://evil[.]example', 'url'],
    ['evil.example/path', 'url'],
    ['a@evil.example', 'email'],
    ['d41d8cd98f00b204e9800998ecf8427e', 'md5'],
    ['CVE-2021-44228', 'vulnerability'],
    ['t1059.001', 'technique'],
    ['CWE-79', 'catalogue-id'],
    ['APT29', undefined],
    ['Fancy Bear', undefined],
    ['3.1.4', undefined],
  ])('%s', (given, wanted) => expect(valueType(given)).toBe(wanted));
});

describe('interpret', () => {
  it('takes lines of a paste as a list, each once', () => expect(interpret('evil.example\r\n192.0.2.1\n\nevil.example')).toEqual({ kind: 'list', values: ['evil.example', '192.0.2.1'] }));
  it('takes values between commas or blanks as a list', () => expect(interpret('192.0.2.1, 192.0.2.2;evil[.]example')).toEqual({ kind: 'list', values: ['192.0.2.1', '192.0.2.2', 'evil[.]example'] }));
  it('leaves words in one line as words', () => expect(interpret('loader for evil.example')).toEqual({ kind: 'text', text: 'loader for evil.example' }));
  it('keeps names of a pasted list whole', () => expect(pastedValues('Fancy Bear\nCozy Bear')).toEqual(['Fancy Bear', 'Cozy Bear']));
  it('finds the values in a report', () => {
    const report = `Copper Heron: second stage seen in the wild

The loader was fetched from hxxp://files[.]copper-heron[.]example/stage2/loader.bin (192.0.2[.]77) with PowerShell (T1059.001). It calls itself viewer.exe, e.g. in "mirror.copper-heron.example".
SHA-256: 5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
md5=d41d8cd98f00b204e9800998ecf8427e`;
    expect(pastedValues(report)).toEqual([
      'hxxp://files[.]copper-heron[.]example/stage2/loader.bin', '192.0.2[.]77', 'T1059.001', 'mirror.copper-heron.example', '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef', 'd41d8cd98f00b204e9800998ecf8427e',
    ]);
  });
  it('finds the values in a Japanese sentence', () =>
    expect(pastedValues('ローダーはhxxp://files[.]copper-heron[.]example/a（192.0.2[.]77）から取得され、mirror[.]copper-heron[.]exampleも応答した。')).toEqual(['hxxp://files[.]copper-heron[.]example/a', '192.0.2[.]77', 'mirror[.]copper-heron[.]example']));
  it('finds them in one line that is typed, and leaves words to the search', () => {
    expect(interpret('the loader came from evil[.]example and nowhere else')).toEqual({ kind: 'value', value: 'evil.example', type: 'domain' });
    expect(interpret('loader evil.example')).toEqual({ kind: 'text', text: 'loader evil.example' });
    expect(interpret('how did they come into the network at all')).toEqual({ kind: 'text', text: 'how did they come into the network at all' });
  });
  it('takes the value of a line with a word beside it', () => expect(pastedValues('evil.example # server\nFancy Bear\n192.0.2.1 (C2)')).toEqual(['evil.example', 'Fancy Bear', '192.0.2.1']));
  it('takes hosts of .net for hosts, and the names of frameworks for none', () =>
    expect(pastedValues('The loader calls update.evil-cdn.net and cdn.example.net, written in ASP.NET and vb.net by them.')).toEqual(['update.evil-cdn.net', 'cdn.example.net']));
  it('takes the value of one with a port', () =>
    expect(pastedValues('The loader asks 192.0.2.1:443, evil.example:8080, bad[.]example[:]81, [2001:db8::1]:443 and C2=198.51.100.7:80; see main.py:12 at 12:30.')).toEqual([
      '192.0.2.1', 'evil.example', 'bad[.]example', '2001:db8::1', '198.51.100.7',
    ]));
  it('takes nothing out of sentences without values', () => expect(pastedValues('They wrote letters for a whole long year.\nThen they stopped.')).toEqual(['They wrote letters for a whole long year. Then they stopped.']));
  it('is quick with what is long and has no end', () => {
    const started = performance.now();
    pastedValues(`${'a.'.repeat(100_000)} ${':='.repeat(50_000)} ${'['.repeat(100_000)} ${']:'.repeat(4000)} one two three four five`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
  it('knows nothing', () => expect(interpret('  ')).toEqual({ kind: 'empty' }));
});

describe('addressOf', () => {
  it('leads to where each is answered', () => {
    expect(addressOf(interpret('hxxp://evil[.]example/?a=1&b'))).toBe('/lookup?value=http%3A%2F%2Fevil.example%2F%3Fa%3D1%26b');
    expect(addressOf(interpret('t1059'))).toBe('/attack/T1059');
    expect(addressOf(interpret('fancy bear'))).toBe('/search?q=fancy%20bear');
    expect(addressOf(interpret('192.0.2.1 192.0.2.2'))).toBe('/lookup#192.0.2.1,192.0.2.2');
    expect(addressOf(interpret(''))).toBeUndefined();
  });
  it('knows where objects are', () => {
    expect(objectAddress('intrusion-set--1')).toBe('/actors/intrusion-set--1');
    expect(objectAddress('malware--1')).toBe('/objects/malware--1');
    expect(objectAddress('report--1', 'report', 'publications')).toBe('/publications/1');
    expect(objectAddress('report--1', 'report', 'elsewhere')).toBe('/objects/report--1');
    expect(objectAddress('indicator--1', 'indicator', 'publications')).toBe('/objects/indicator--1');
  });
});

describe('the words before one that is only begun', () => {
  it('are there while the last one has fewer than three letters', () => {
    expect(withoutBegun('amber ly')).toBe('amber');
    expect(withoutBegun('red amber l')).toBe('red amber');
  });
  it('are none where the last word is long enough, alone, quoted, or of a script without blanks', () => {
    for (const words of ['amber lyn', 'ly', '"amber ly"', 'amber 攻撃']) expect(withoutBegun(words), words).toBe('');
  });
});
