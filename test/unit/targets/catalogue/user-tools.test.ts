import { describe, expect, test } from 'vitest';
import { workFromObject } from '../../../../shared/facts/work.ts';
import { renderProblem } from '../../../../shared/problem.ts';
import { catalogueFromTools, classify } from '../../../../shared/targets/classify.ts';
import type { Matcher } from '../../../../shared/targets/matcher.ts';
import { TOOLS } from '../../../../shared/targets/registry.ts';
import { parseUserTools } from '../../../../shared/targets/user-tools.ts';
import { sketch } from './sketch.ts';
import { kindsNamed, namesOfKinds } from '../../../support/kinds.ts';

const PATTERN = { work: 'backup', match: { kinds: ['batch/Job'], images: ['dumper'] } };
const TOOL = { id: 'our-dumper', patterns: [PATTERN] };

function problemsOf(value: unknown): readonly string[] {
  const result = parseUserTools(value, 'targets.tools');
  return result.ok ? [] : result.problems.map(renderProblem);
}

function withPattern(pattern: object): unknown {
  return [{ ...TOOL, patterns: [{ ...PATTERN, ...pattern }] }];
}

test('a tool of the user is known like a built-in one', () => {
  const result = parseUserTools([
    TOOL,
    {
      id: 'vault-copy',
      title: 'Vault copies',
      patterns: [
        {
          work: 'backup',
          what: 'copy of the vault',
          match: { kinds: ['example.com/Copy'] },
          node: { in: 'field', path: ['spec', 'host'] },
          afterDenial: 'retried',
        },
      ],
    },
  ]);
  const tools = result.ok ? result.value : [];
  const catalogue = catalogueFromTools([...TOOLS, ...tools]);
  expect(classify(workFromObject(sketch('batch/Job', { image: 'reg/dumper:1' })), catalogue)).toMatchObject({
    work: 'backup',
    tool: 'our-dumper',
    pattern: { role: 'leaf', what: 'backup by our-dumper', afterDenial: 'failed', node: { in: 'pods' } },
  });
  expect(classify(workFromObject(sketch('example.com/Copy')), catalogue)).toMatchObject({
    tool: 'vault-copy',
    pattern: { node: { in: 'field', path: ['spec', 'host'] }, afterDenial: 'retried' },
  });
});

test('every place where a node may be named can be written', () => {
  const nodes = [
    { in: 'pods' },
    { in: 'label', key: 'example.com/node' },
    { in: 'object', resource: 'v1/pods', name: { field: ['spec', 'pod'] }, path: ['spec', 'nodeName'] },
    {
      in: 'object',
      resource: 'example.com/v1/volumes',
      name: { label: 'volume' },
      namespace: { value: 'storage' },
      path: ['status', 'node'],
    },
    { in: 'pods-labelled', labels: { app: { field: ['spec', 'cluster'] } } },
    { in: 'pods-with-claims' },
  ];
  for (const node of nodes) {
    const result = parseUserTools(withPattern({ node }));
    expect(result.ok && result.value[0]?.patterns[0]?.node).toEqual(node);
  }
});

test('every part of a matcher can be written, and none is added', () => {
  const whole = {
    kinds: ['batch/Job', '/Pod'],
    owners: ['example.com/Run'],
    ownerWords: ['Dump'],
    notOwners: ['tekton.dev/TaskRun'],
    labels: { 'example.com/dump': ['full', 'part'] },
    annotations: { 'example.com/by': [] },
    fields: { 'spec.mode': ['copy'] },
    endedBy: { 'status.phase': ['Done'] },
    images: ['registry.example.com/dumper'],
    entrypoints: ['dumper', 'dumper run'],
    commands: ['dump', 'dump all'],
    arguments: ['--all'],
    without: ['--dry-run'],
    runWords: ['dump', 'db backup', '*dump'],
    unlessRunWords: ['cleanup'],
    settings: ['*dump*'],
    names: ['dump-'],
    nameWords: ['dump'],
    unlessWords: ['test'],
    aboutWords: ['orders'],
    says: ['dump'],
    writers: ['dumper'],
  } satisfies Readonly<Record<keyof Matcher, unknown>>;
  const parsed = { owners: kindsNamed(...whole.owners), notOwners: kindsNamed(...whole.notOwners) };
  for (const [match, others] of [[whole, parsed] as const, [PATTERN.match, {}] as const]) {
    const result = parseUserTools(withPattern({ match }));
    const kinds = kindsNamed(...match.kinds);
    expect(result.ok && result.value[0]?.patterns[0]?.match).toEqual({ ...match, ...others, kinds });
  }
});

test('work that runs inside pods can be written', () => {
  const inside = {
    resource: 'db.example.com/v1/dumps',
    pods: ['status', 'pod'],
    namespace: ['spec', 'namespace'],
    while: { 'status.phase': ['Running'] },
  };
  const result = parseUserTools(withPattern({ inside }));
  expect(result.ok && result.value[0]?.patterns[0]?.inside).toEqual(inside);
});

/** A matcher as a configuration writes it. */
function written({ kinds, owners, notOwners, ...others }: Matcher): object {
  const named = Object.entries({ kinds, owners, notOwners }).flatMap(([part, given]) =>
    given === undefined ? [] : [[part, namesOfKinds(given)] as const],
  );
  return { ...others, ...Object.fromEntries<readonly string[]>(named) };
}

test('what built-in tools are known by, a configuration can say', () => {
  const matches = TOOLS.flatMap(({ id, patterns }) => patterns.map(({ match }) => ({ id, match })));
  for (const { id, match } of matches) {
    const problems = problemsOf(withPattern({ match: { kinds: ['/Pod'], ...written(match) } }));
    const others = problems.filter((problem) => !problem.includes('.match.kinds['));
    expect(others, `${id}: ${JSON.stringify(match)}`).toEqual([]);
  }
});

describe('problems name path, value and what would be right', () => {
  test.each([
    ['no list', { id: 'x' }, /^targets\.tools: .*\(found \{"id":"x"\}\)/],
    [
      'an unknown key',
      [{ ...TOOL, colour: 'red' }],
      /^targets\.tools\[0\]\.colour: is not known here; known are id, title, source, patterns \(found "red"\)/,
    ],
    [
      'an unknown part of a matcher',
      withPattern({ match: { kinds: ['/Pod'], image: ['a'] } }),
      /^targets\.tools\[0\]\.patterns\[0\]\.match\.image: is not known here; known are kinds, /,
    ],
    ['an unknown work', withPattern({ work: 'lunch' }), /patterns\[0\]\.work: .*\(found "lunch"\)/],
    [
      'an id of a built-in tool',
      [{ ...TOOL, id: 'velero' }],
      /\[0\]\.id: is the id of a built-in tool \(found "velero"\)/,
    ],
    ['a reserved id', [{ ...TOOL, id: 'labelled' }], /\[0\]\.id: is the id of a built-in tool/],
    [
      'an image with a tag',
      withPattern({ match: { kinds: ['/Pod'], images: ['registry.example.com/dumper:v1'] } }),
      /match\.images\[0\]: must be an image without tag and digest, .* \(found "registry\.example\.com\/dumper:v1"\)/,
    ],
    ['an image with a digest', withPattern({ match: { kinds: ['/Pod'], images: ['dumper@sha256:1'] } }), /without tag/],
    ['half an image', withPattern({ match: { kinds: ['/Pod'], images: ['ours/'] } }), /without tag/],
    [
      'an id said twice',
      [TOOL, TOOL],
      /tools\[1\]\.id: is already the id of targets\.tools\[0\] \(found "our-dumper"\)/,
    ],
    [
      'an id with capitals',
      [{ ...TOOL, id: 'Our' }],
      /\[0\]\.id: must be lower-case words with hyphens \(found "Our"\)/,
    ],
    [
      'a kind without group',
      withPattern({ match: { kinds: ['Pod'], images: ['a'] } }),
      /kinds\[0\]: must be group\/Kind/,
    ],
    // The API server could not be told to ask about these alone; a replica would end at its start.
    [
      'a kind that runs nothing',
      withPattern({ match: { kinds: ['/ConfigMap'], images: ['a'] } }),
      /must be group\/Kind/,
    ],
    [
      'a kind of Kubernetes itself',
      withPattern({ match: { kinds: ['networking.k8s.io/Ingress'] } }),
      /kinds\[0\]: is a kind of Kubernetes itself that is no work/,
    ],
    [
      'a group without a dot',
      withPattern({ match: { kinds: ['extensions/Dump'] } }),
      /kinds\[0\]: must be group\/Kind/,
    ],
    [
      'a name alone',
      withPattern({ match: { kinds: ['batch/Job'], names: ['backup-'] } }),
      /patterns\[0\]\.match: knows the work by its name alone.*\(found \{"kinds"/,
    ],
    ['no evidence', withPattern({ match: { kinds: ['/Pod'] } }), /\.match: holds no evidence/],
    ['no kinds', withPattern({ match: { images: ['a'] } }), /\.match\.kinds: .*\(found nothing\)/],
    [
      'a kind of a built-in tool',
      withPattern({ match: { kinds: ['velero.io/Backup'] } }),
      /\.match\.kinds\[0\]: is already known as velero \(found "velero\.io\/Backup"\)/,
    ],
    [
      'an entry point with its registry',
      withPattern({ match: { kinds: ['/Pod'], entrypoints: ['registry.example.com/dumper run'] } }),
      /entrypoints\[0\]: must be the last part of an image's name.*\(found "registry\.example\.com\/dumper run"\)/,
    ],
    [
      'a program with its path',
      withPattern({ match: { kinds: ['/Pod'], commands: ['/usr/bin/dump'] } }),
      /commands\[0\]: must be a program without its path/,
    ],
    [
      'a service account with its namespace',
      withPattern({ match: { kinds: ['/Pod'], writers: ['system:serviceaccount:dumps:dumper'] } }),
      /writers\[0\]: must be the name of a service account, without its namespace/,
    ],
    [
      'words of a name with hyphens',
      withPattern({ match: { kinds: ['/Pod'], runWords: ['db-dump'], nameWords: ['db'] } }),
      /runWords\[0\]: must be one lower-case word/,
    ],
    [
      'an owner that nobody looks up',
      withPattern({ match: { ...PATTERN.match, notOwners: ['example.com/Run'] } }),
      /notOwners\[0\]: must be .*tekton\.dev\/TaskRun/,
    ],
    [
      'the own name of what runs as the only sign',
      withPattern({ match: { kinds: ['/Pod'], runWords: ['dump'] } }),
      /match\.runWords: counts only together with names or nameWords or labels.*\(found \["dump"\]\)/,
    ],
    [
      'what must not be said where nothing is asked',
      withPattern({ match: { ...PATTERN.match, without: ['--help'] } }),
      /match\.without: counts only together with entrypoints or commands/,
    ],
    [
      'words that must not stand in a name that is not asked',
      withPattern({ match: { ...PATTERN.match, unlessWords: ['test'] } }),
      /match\.unlessWords: counts only together with nameWords/,
    ],
    [
      'work inside pods without what says that it runs',
      withPattern({ inside: { resource: 'example.com/v1/dumps', pods: ['status', 'pod'] } }),
      /\.inside\.while: must be a mapping \(found nothing\)/,
    ],
    [
      'work inside pods of no resource',
      withPattern({ inside: { resource: 'Dump', pods: ['a'], while: { a: ['b'] } } }),
      /\.inside\.resource: must be group\/version\/resource/,
    ],
    [
      'an empty list',
      withPattern({ match: { kinds: ['/Pod'], images: [] } }),
      /\.images: must name at least one \(found \[\]\)/,
    ],
    ['no labels', withPattern({ match: { kinds: ['/Pod'], labels: {} } }), /\.labels: must name at least one key/],
    ['an unknown place of the node', withPattern({ node: { in: 'stars' } }), /\.node/],
    ['a key that is __proto__', JSON.parse('[{"id":"a","patterns":[],"__proto__":{"x":1}}]'), /\[0\]/],
  ])('%s', (_, value, expected) => {
    expect(problemsOf(value).join('\n')).toMatch(expected);
  });

  test('all at once', () => {
    expect(
      problemsOf([
        { ...TOOL, id: 'velero' },
        { ...TOOL, id: 'velero' },
        { ...TOOL, patterns: [] },
      ]),
    ).toHaveLength(1);
    expect(problemsOf([{ ...TOOL, id: 'velero' }, TOOL, TOOL])).toHaveLength(2);
  });

  test('long values are cut', () => {
    const [problem = ''] = problemsOf([{ ...TOOL, id: 'A'.repeat(500) }]);
    expect(problem.length).toBeLessThan(200);
  });
});
