import { chmodSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheRoot } from '../../../packaging/cache-folder.ts';
import { binariesFolder, programOnPath } from '../../control-plane/cache-folder.ts';
import { KUBERNETES_VERSION } from '../../control-plane/versions.ts';
import { scratchFolder } from './scratch-folder.ts';

describe('cacheRoot', () => {
  it('is below $XDG_CACHE_HOME', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/x/cache', HOME: '/home/me' })).toBe('/x/cache/kubectl-maint');
  });

  it.each([undefined, '', 'relative/cache'])('is below ~/.cache when XDG_CACHE_HOME is %j', (XDG_CACHE_HOME) => {
    expect(cacheRoot({ XDG_CACHE_HOME, HOME: '/home/me' })).toBe('/home/me/.cache/kubectl-maint');
  });
});

it('keeps binaries by version, system and architecture', () => {
  expect(binariesFolder({ HOME: '/home/me' })).toBe(
    `/home/me/.cache/kubectl-maint/control-plane/${KUBERNETES_VERSION}-${platform()}-${arch()}`,
  );
});

describe('programOnPath', () => {
  it('finds the first executable, and nothing else', () => {
    const [plain, first, second] = [scratchFolder(), scratchFolder(), scratchFolder()];
    for (const folder of [plain, first, second]) writeFileSync(join(folder, 'tool'), '');
    for (const folder of [first, second]) chmodSync(join(folder, 'tool'), 0o755);
    expect(programOnPath('tool', { PATH: `${plain}::${first}:${second}` })).toBe(join(first, 'tool'));
    expect(programOnPath('tool', { PATH: plain })).toBeUndefined();
    expect(programOnPath('tool', {})).toBeUndefined();
  });
});
