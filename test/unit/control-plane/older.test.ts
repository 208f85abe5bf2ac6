import { describe, expect, it } from 'vitest';
import { olderGoMod, olderLinkerFlags } from '../../control-plane/go-modules.ts';
import { OLDER_VERSIONS } from '../../control-plane/versions.ts';

describe('an older Kubernetes', () => {
  it.each(OLDER_VERSIONS)('%s is built without etcd, KWOK or anything of today', (version) => {
    const goMod = olderGoMod(version);
    const minor = version.split('.')[1] ?? '';
    expect(goMod).toContain(`\tk8s.io/kubernetes v${version}\n`);
    const published = [...goMod.matchAll(/^\tk8s\.io\/(\S+) => k8s\.io\/\1 v0\.(\d+)\.\d+$/gm)];
    expect(published).toHaveLength(32);
    expect(new Set(published.map(([, , found]) => found))).toEqual(new Set([minor]));
    expect(goMod).not.toMatch(/etcd|kwok|1\.37/);
  });

  it('is built with the staging modules of its own version', () => {
    expect(olderGoMod('1.36.3').match(/ v0\.36\.3$/gm)).toHaveLength(32);
  });

  it('takes the release before where a module has none of that version', () => {
    const goMod = olderGoMod('1.32.13');
    expect(goMod).toContain('k8s.io/endpointslice v0.32.12\n');
    expect(goMod.match(/ v0\.32\.13$/gm)).toHaveLength(31);
  });

  it('says what it is', () => {
    expect(olderLinkerFlags('1.34.4')).toContain('-X k8s.io/component-base/version.gitVersion=v1.34.4');
    expect(olderLinkerFlags('1.34.4')).toContain('version.gitMinor=34');
  });
});
