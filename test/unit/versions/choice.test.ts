import { expect, describe, it } from 'vitest';
import { KUBERNETES_VERSION, OLDER_VERSIONS } from '../../control-plane/versions.ts';
import { chosenVersions } from '../../versions/choice.ts';

const KNOWN = [KUBERNETES_VERSION, ...OLDER_VERSIONS];

describe('the versions that are run', () => {
  it.each<[args: readonly string[], versions: readonly string[]]>([
    [[], KNOWN],
    [['1.36'], ['1.36.3']],
    [
      ['1.34', KUBERNETES_VERSION],
      [KUBERNETES_VERSION, '1.34.4'],
    ],
  ])('%j', (args, versions) => {
    expect(chosenVersions(KNOWN, args)).toEqual({ ok: true, value: versions });
  });

  it('are known', () => {
    expect(chosenVersions(KNOWN, ['1.3', '1.36'])).toMatchObject({ ok: false, problems: [{ path: '1.3' }] });
  });
});
