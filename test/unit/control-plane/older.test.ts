import { describe, expect, it } from 'vitest';
import { olderGoMod, olderLinkerFlags } from '../../control-plane/go-modules.ts';
import { KUBERNETES_VERSION, OLDER_VERSIONS } from '../../control-plane/versions.ts';
import { chosenVersions } from '../../versions/choice.ts';

const KNOWN = [KUBERNETES_VERSION, ...OLDER_VERSIONS];

describe('an older Kubernetes', () => {
  it('is built with the staging modules of its own version, and without etcd or KWOK', () => {
    const goMod = olderGoMod('1.36.3');
    expect(goMod).toContain('\tk8s.io/kubernetes v1.36.3\n');
    expect(goMod.match(/ v0\.36\.3$/gm)).toHaveLength(31);
    expect(goMod).not.toMatch(/etcd|kwok|1\.37/);
  });

  it('says what it is', () => {
    expect(olderLinkerFlags('1.34.4')).toContain('-X k8s.io/component-base/version.gitVersion=v1.34.4');
    expect(olderLinkerFlags('1.34.4')).toContain('version.gitMinor=34');
  });
});

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
