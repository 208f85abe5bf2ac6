import { describe, expect, it } from 'vitest';
import { countsIn, exitCode, failuresIn, notServedIn, summary, type Outcome } from '../../versions/outcome.ts';

const run = (version: string, failed: number, failures: readonly string[] = []): Outcome => ({
  version,
  state: 'run',
  programs: { builtInMs: failed === 0 ? undefined : 401_000, bytes: 241_400_000 },
  counts: { passed: 340, failed, skipped: 2 },
  tookMs: 1_500_000,
  failures,
});
const skipped: Outcome = {
  version: '1.31.14',
  state: 'skipped',
  reason: 'not served, k8s.io/api@v0.31.14: 404 Not Found',
};
const notBuilt: Outcome = { version: '1.30.14', state: 'not built', reason: 'go could not build kube-apiserver' };

describe('what a suite printed', () => {
  it.each([
    ['\n340 passed, 0 failed\n', { passed: 340, failed: 0, skipped: 0 }],
    [
      '12 passed, 9 failed\nlater\n\u001b[32m340 passed, 1 failed, 2 skipped\u001b[39m\n',
      { passed: 340, failed: 1, skipped: 2 },
    ],
    ['Tests  340 passed (340)\n', undefined],
    ['', undefined],
  ])('%j has these counts', (output, counts) => {
    expect(countsIn(output)).toEqual(counts);
  });

  it('names each failed test once', () => {
    const output = [
      ' FAIL  |integration| test/integration/hold/hold.test.ts > a hold > stays',
      '\u001b[41m FAIL \u001b[49m |integration| test/integration/chart/quota.test.ts [ test/integration/chart/quota.test.ts ]',
      ' FAIL  |integration| test/integration/hold/hold.test.ts > a hold > stays',
      'expected FAIL test/integration/other.test.ts',
    ];
    expect(failuresIn(output.join('\n'))).toEqual([
      'test/integration/hold/hold.test.ts > a hold > stays',
      'test/integration/chart/quota.test.ts [ test/integration/chart/quota.test.ts ]',
    ]);
  });
});

describe('what Go says of modules', () => {
  it.each([
    [
      'options.go:42:2: k8s.io/kube-scheduler@v0.31.14: reading https://proxy.example/k8s.io/x.zip: 403 Forbidden\n\tserver response',
      'k8s.io/kube-scheduler@v0.31.14: 403 Forbidden',
    ],
    ['go: k8s.io/api@v0.31.99: reading file:///x.mod: 404 Not Found', 'k8s.io/api@v0.31.99: 404 Not Found'],
    [
      'go: k8s.io/api@v0.31.99: invalid version: unknown revision v0.31.99',
      'k8s.io/api@v0.31.99: invalid version: unknown revision v0.31.99',
    ],
    ['k8s.io/api@v0.31.14: dial tcp: lookup proxy.example: no such host', undefined],
    ['pkg/x.go:4:2: undefined: y', undefined],
  ])('%j', (log, reason) => {
    expect(notServedIn(log)).toBe(reason);
  });
});

describe('the run', () => {
  it.each<[outcomes: readonly Outcome[], isNamed: boolean, code: number]>([
    [[run('1.37.2', 0), run('1.36.3', 0)], false, 0],
    [[run('1.37.2', 0), run('1.36.3', 1)], false, 1],
    [[run('1.37.2', 0), skipped], false, 0],
    [[run('1.37.2', 0), skipped], true, 1],
    [[run('1.37.2', 0), notBuilt], false, 1],
    [[skipped], false, 1],
  ])('of %j, named: %s, ends with %d', (outcomes, isNamed, code) => {
    expect(exitCode(outcomes, isNamed)).toBe(code);
  });

  it('ends with a table, and what failed', () => {
    const failed = 'test/integration/hold/hold.test.ts > a hold > stays';
    expect(summary([run('1.37.2', 0), run('1.36.3', 1, [failed]), skipped, notBuilt])).toBe(
      [
        'Kubernetes  programs                suite   passed  failed  skipped',
        '1.37.2      there, 241 MB           25m00s  340     0       2',
        '1.36.3      built in 6m41s, 241 MB  25m00s  340     1       2',
        '1.31.14     skipped: not served, k8s.io/api@v0.31.14: 404 Not Found',
        '1.30.14     not built: go could not build kube-apiserver',
        '',
        'Failed:',
        `1.36.3  ${failed}`,
      ].join('\n'),
    );
  });
});
