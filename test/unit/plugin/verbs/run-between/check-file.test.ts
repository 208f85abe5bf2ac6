import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellLine } from '../../../../../plugin/terminal/shell-line.ts';
import { parseCheckFile } from '../../../../../plugin/verbs/run/between/check-file/lines.ts';
import { whyNotMet } from '../../../../../plugin/expectations/is-met.ts';
import { translated } from '../../../../../plugin/expectations/json-path.ts';
import { shellWords } from '../../../../../plugin/expectations/shell-words.ts';

const refusal = (text: string): string => {
  try {
    parseCheckFile(text, 'ok.txt');
    return '';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : '';
  }
};

describe('lines of a check file', () => {
  test('are what follows kubectl wait; comments and empty lines are none', () => {
    const lines = [
      '# what has to be up',
      '',
      'deployment/web deployment/api -n shop --for=condition=Available',
      "pods -l 'app in (a, b)' -A --for condition=Ready=true",
      `nodes --all --for=jsonpath='{.status.conditions[?(@.type=="Ready")].status}'=True`,
      "svc web -nshop --for=jsonpath='{.status.loadBalancer.ingress}'",
    ];
    expect(parseCheckFile(lines.join('\n'), 'ok.txt')).toMatchObject([
      {
        line: 3,
        type: 'deployment',
        names: ['web', 'api'],
        namespace: 'shop',
        condition: { kind: 'condition', type: 'Available', status: 'True' },
      },
      {
        line: 4,
        type: 'pods',
        names: [],
        labelSelector: 'app in (a, b)',
        namespace: '',
        condition: { status: 'true' },
      },
      {
        line: 5,
        type: 'nodes',
        names: [],
        namespace: undefined,
        condition: { path: `$['status']['conditions'][?(@['type']=="Ready")]['status']`, value: 'True' },
      },
      { line: 6, type: 'svc', names: ['web'], namespace: 'shop', condition: { value: undefined } },
    ]);
  });

  test.each<[string, string]>([
    [
      'deployment/web -n shop',
      "says nothing: --for=condition=NAME[=STATUS], --for=delete or --for=jsonpath='{.status.phase}'[=VALUE]",
    ],
    [
      'deployment/web --for=create',
      "--for=create is neither condition=NAME[=STATUS] nor delete nor jsonpath='{PATH}'[=VALUE]",
    ],
    ['deployment/web --for=jsonpath=.status.x=1', 'is neither condition=NAME[=STATUS] nor'],
    [`pod/a --for=jsonpath='{.a[?(@.b=="c" && 1)]}'=x`, '{.a[?(@.b=="c" && 1)]} is no JSONPath that kubectl knows'],
    ['pods --for=condition=Ready', 'names no object: TYPE/NAME, TYPE -l SELECTOR or TYPE --all'],
    ['pod/a -l x=y --for=condition=Ready', 'names objects, and selects others'],
    ['pod/a -A --for=condition=Ready', 'names objects, and no namespace: -n NAMESPACE'],
    ['pod/a node/b --for=condition=Ready', 'TYPE/NAME, of one type in a line, is wanted'],
    ['pod/a/b --for=condition=Ready', 'TYPE/NAME, of one type in a line, is wanted'],
    ["pod/a --for='condition=Ready", 'a quote does not end'],
    ['pod/a --for=condition=Ready --timeout=3m', 'unknown flag: --timeout'],
  ])('%s is refused: %s', (line, why) => {
    expect(refusal(`nodes --all --for=condition=Ready\n${line}\n`)).toMatch(/^--check-file: ok\.txt, line 2: /);
    expect(refusal(`nodes --all --for=condition=Ready\n${line}\n`)).toContain(why);
  });

  test('are all told at once where several are wrong; a file without any is refused', () => {
    expect(refusal('pods\nnodes --all --for=condition=Ready\nsvc\n')).toMatch(/line 1: .*\n.*line 3: /);
    expect(refusal('# nothing\n')).toBe('--check-file: ok.txt: has no line');
    expect(refusal('nodes --all --for=condition=Ready\n'.repeat(101))).toContain('has 101 lines; 100 is the most');
  });
});

test('words are those that a shell hands on', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), (words) => {
      expect(shellWords(shellLine(words))).toEqual(words);
    }),
  );
});

const pod = {
  metadata: { generation: 3, labels: { 'app.io/x-y': 'z' } },
  status: {
    replicas: 3,
    isFine: false,
    conditions: [
      { type: 'Ready', status: 'True', observedGeneration: 3 },
      { type: 'Synced', status: 'False' },
      { type: 'Old', status: 'True', observedGeneration: 2 },
    ],
    list: ['a', 'b', 'c'],
  },
};

test.each<[string, string | undefined]>([
  ['condition=Ready', undefined],
  ['condition=ready=true', undefined],
  ['condition=Synced', 'its condition Synced is False'],
  ['condition=Synced=false', undefined],
  ['condition=Other', 'has no condition Other'],
  ['condition=Old', 'its condition Old is from before its last change'],
  ["jsonpath='{.status.replicas}'=3", undefined],
  ["jsonpath='{.status.replicas}'=4", 'has "3" there'],
  ["jsonpath='{.status.isFine}'=false", undefined],
  ["jsonpath='{$.status.list[1]}'=b", undefined],
  ["jsonpath='{.status.list[-1]}'=c", undefined],
  ["jsonpath='{.status.list[-2]}'=b", undefined],
  ["jsonpath='{.status.list[0:1]}'=a", undefined],
  ["jsonpath='{.status.list[*]}'=a", 'has 3 such fields, and one is wanted'],
  ["jsonpath='{.status.list}'=a", 'has no plain value there'],
  ["jsonpath='{.status.other}'", 'has no such field'],
  ["jsonpath='{.status.list}'", undefined],
  [String.raw`jsonpath='{.metadata.labels.app\.io/x-y}'=z`, undefined],
  [`jsonpath='{.metadata.labels["app.io/x-y"]}'=z`, undefined],
  [`jsonpath='{.status.conditions[?(@.type=="Ready")].status}'=True`, undefined],
  [`jsonpath='{.status.conditions[?(@.type=="Nope")].status}'=True`, 'has no such field'],
  [`jsonpath='{..conditions[?(@.observedGeneration<3)].type}'=Old`, undefined],
])('%s of a pod: %s', (condition, why) => {
  const [expectation] = parseCheckFile(`pod/a -n shop --for=${condition}`, 'ok.txt');
  if (expectation === undefined) throw new Error('no line was read');
  expect(whyNotMet(pod, expectation.condition)).toBe(why);
});

test('nothing but a path is a path', () => {
  for (const text of [
    '',
    '$',
    '.',
    'a b',
    ".a['b",
    '.a[?(@.b==c)]',
    '.a[(@.length-1)]',
    '.a`b',
    '.a^',
    '.a~',
    '{range .x}',
  ])
    expect(translated(text)).toBeUndefined();
});
