import { describe, expect, it } from 'vitest';
import { KUBERNETES_VERSION, OLDER_VERSIONS } from '../../control-plane/versions.ts';
import { chosen, type Choice } from '../../versions/choice.ts';

const KNOWN = [KUBERNETES_VERSION, ...OLDER_VERSIONS];

describe('what is run', () => {
  it.each<[args: readonly string[], choice: Choice]>([
    [[], { versions: KNOWN, files: [] }],
    [['1.36'], { versions: ['1.36.3'], files: [] }],
    [['1.34', KUBERNETES_VERSION], { versions: [KUBERNETES_VERSION, '1.34.4'], files: [] }],
    [['test/integration/hold', '1.36'], { versions: ['1.36.3'], files: ['test/integration/hold'] }],
    [['test/integration/hold'], { versions: KNOWN, files: ['test/integration/hold'] }],
  ])('%j', (args, choice) => {
    expect(chosen(KNOWN, args)).toEqual({ ok: true, value: choice });
  });

  it('is known', () => {
    expect(chosen(KNOWN, ['1.3', '1.36'])).toMatchObject({ ok: false, problems: [{ path: '1.3' }] });
  });
});
