import { describe, expect, test } from 'vitest';
import { PREPARATIONS, preparedHooks } from '../../../../plugin/hooks/preparations/registry.ts';
import { rightsOnServer, SERVER } from '../../../../plugin/hooks/servers/place.ts';
import { filledMatchers, renderMatchers } from '../../../../plugin/hooks/steps/silence.ts';

const variables = { node: 'worker-3.example', owner: 'ana', reason: '', labels: new Map<string, string>() };

describe('matchers', () => {
  const matcher = { name: 'instance', value: '$(NODE)(:[0-9]+)?', isRegex: true, isEqual: true };
  const of = (...matchers: readonly (typeof matcher)[]): string =>
    renderMatchers(filledMatchers({ kind: 'silence', server: undefined, forMs: 1, matchers }, variables));

  test('in a regular expression the dots of a name are dots', () => {
    expect(of(matcher)).toBe(String.raw`instance=~"worker-3\\.example(:[0-9]+)?"`);
    expect(of({ ...matcher, isRegex: false, value: '$(NODE)' })).toBe('instance="worker-3.example"');
  });

  test('stand as Alertmanager writes them', () => {
    const value = 'a "b"';
    const all = [true, false].flatMap((isEqual) =>
      [true, false].map((isRegex) => ({ name: 'l', value, isEqual, isRegex })),
    );
    expect(of(...all)).toBe(String.raw`l=~"a \"b\"", l="a \"b\"", l!~"a \"b\"", l!="a \"b\""`);
  });
});

describe('a server', () => {
  test.each([
    'monitoring/alertmanager-operated:9093',
    'monitoring/https:alertmanager:web',
    'monitoring/alertmanager:9093/am',
    'http://alertmanager.example:9093',
    'https://alertmanager.example/am/',
  ])('%s is one', (text) => {
    expect(text).toMatch(SERVER);
  });

  test.each([
    'alertmanager',
    'monitoring/alertmanager',
    'a/b:1?x=y',
    'https://ana:secret@a',
    'ftp://a',
    '../a:1',
    'a/b:1/../c',
    'https://a/..',
    'a/b:1 c',
  ])('%s is none', (text) => {
    expect(text).not.toMatch(SERVER);
  });

  test('a Service takes a right to its proxy alone, an address none', () => {
    expect(rightsOnServer('monitoring/https:am:9093/path', ['get'])).toEqual([
      {
        verb: 'get',
        group: '',
        resource: 'services',
        subresource: 'proxy',
        namespace: 'monitoring',
        name: 'https:am:9093',
      },
    ]);
    expect(rightsOnServer('https://am', ['get'])).toEqual([]);
  });
});

test('a word with a server is for those that ask one', () => {
  const [hook] = preparedHooks(['alertmanager=a/b:1'], '--prepare');
  expect(hook?.steps.map(({ action }) => action)).toMatchObject([
    { kind: 'silence', server: 'a/b:1' },
    { kind: 'silence', server: 'a/b:1' },
    { kind: 'silence', server: 'a/b:1' },
  ]);
  expect(() => preparedHooks(['rook=a/b:1'], '--prepare')).toThrow('--prepare: rook: it asks no server');
  expect(() => preparedHooks(['alertmanager=b'], '--prepare')).toThrow('"b" must be NAMESPACE/SERVICE:PORT');
  expect(PREPARATIONS.filter(({ hasServer }) => hasServer).length).toBeGreaterThan(0);
});
