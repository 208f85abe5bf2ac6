import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureBinaries } from '../../control-plane/binaries.ts';
import type { Environment } from '../../../packaging/cache-folder.ts';
import { binariesFolder } from '../../control-plane/cache-folder.ts';
import { stageFileName, STAGE_FILES } from '../../control-plane/stages.ts';
import { BINARIES, HELM } from '../../control-plane/versions.ts';
import { fakeGo } from './fake-go.ts';
import { scratchFolder } from './scratch-folder.ts';

const ALL = BINARIES.map(({ name }) => name);

function program(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), '');
  chmodSync(join(folder, name), 0o755);
}

function completeCache(env: Environment): string {
  const folder = binariesFolder(env);
  for (const name of ALL) program(folder, name);
  mkdirSync(join(folder, 'stages'));
  for (const stage of STAGE_FILES) writeFileSync(join(folder, 'stages', stageFileName(stage)), '');
  return folder;
}

const quiet = () => undefined;

describe('with everything in the cache folder', () => {
  it('neither needs Go nor says anything', async () => {
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: '' };
    const folder = completeCache(env);
    const lines: string[] = [];
    const { path, stagesFolder } = await ensureBinaries({ env, log: (line) => lines.push(line) });
    expect(ALL.map(path)).toEqual(ALL.map((name) => join(folder, name)));
    expect(stagesFolder).toBe(join(folder, 'stages'));
    expect(lines).toEqual([]);
  });

  it('builds what is missing only', async () => {
    const go = fakeGo();
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: go.path, MAINT_DOWNLOADS: 'off' };
    const folder = completeCache(env);
    chmodSync(join(folder, 'kubectl'), 0o644);
    await ensureBinaries({ env, log: quiet });
    expect(go.builds()).toEqual([expect.stringMatching(/ k8s\.io\/kubernetes\/cmd\/kubectl$/)]);
    expect(go.builds()[0]).not.toContain('kube-apiserver');
  });
});

describe('with nothing but Go', () => {
  it('builds all programs by one command, with a line before and after, and leaves nothing else behind', async () => {
    const go = fakeGo();
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: go.path, MAINT_DOWNLOADS: 'off' };
    const lines: string[] = [];
    await ensureBinaries({ env, log: (line) => lines.push(line) });
    expect(go.builds()).toHaveLength(1);
    for (const { goPackage } of BINARIES) expect(go.builds()[0]).toContain(` ${goPackage}`);
    expect(lines).toEqual([
      expect.stringMatching(/^building kube-apiserver 1\.37\.2, .*, etcd 3\.7\.3, kwok 0\.8\.0 \.\.\.$/),
      expect.stringMatching(/^1 package to compile on \d+ cores?: about /),
      expect.stringMatching(/^built kube-apiserver 1\.37\.2, .*, etcd 3\.7\.3, kwok 0\.8\.0 in \d+s$/),
    ]);
    expect(readdirSync(binariesFolder(env)).sort()).toEqual([...ALL, 'stages'].sort());
  });

  it('builds programs beside the control plane where they are asked for, and only there', async () => {
    const go = fakeGo();
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: go.path, MAINT_DOWNLOADS: 'off' };
    const folder = completeCache(env);
    const lines: string[] = [];
    await ensureBinaries({ env, log: quiet });
    expect(go.calls()).toEqual([]);
    const { path } = await ensureBinaries({ env, log: (line) => lines.push(line), also: [HELM] });
    expect(go.builds()).toEqual([expect.stringContaining('helm.sh/helm/v4/cmd/helm')]);
    expect(lines[0]).toBe('building helm 4.3.1 ...');
    expect(path('helm')).toBe(join(folder, 'helm'));
  });

  it('builds once for two runs at the same time', async () => {
    const go = fakeGo();
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: go.path, MAINT_DOWNLOADS: 'off' };
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await Promise.all([ensureBinaries({ env, log }), ensureBinaries({ env, log })]);
    expect(go.builds()).toHaveLength(1);
    expect(lines.filter((line) => line.includes('builds the programs for tests already'))).toHaveLength(1);
  });

  it('says what failed and where the log is, and puts no broken program in place', async () => {
    const go = fakeGo('echo "undefined: Foo" >&2; exit 1');
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: go.path, MAINT_DOWNLOADS: 'off' };
    const failure = ensureBinaries({ env, log: quiet });
    await expect(failure).rejects.toThrow(
      /go could not build kube-apiserver 1\.37\.2, .* \(exit code 1\).*\n.*undefined: Foo/,
    );
    expect(existsSync(join(binariesFolder(env), 'kube-apiserver'))).toBe(false);
    expect(existsSync(join(binariesFolder(env), '.lock'))).toBe(false);
  });
});

it('says what to install, or to do instead, when there is neither a program nor Go', async () => {
  const env = { XDG_CACHE_HOME: scratchFolder(), PATH: scratchFolder(), MAINT_DOWNLOADS: 'off' };
  const failure = ensureBinaries({ env, log: quiet });
  await expect(failure).rejects.toThrow(
    /kube-apiserver, .*kwok.*Go is not there[^]*unset MAINT_DOWNLOADS, or leave out --offline[^]*install Go 1\.26[^]*KUBEBUILDER_ASSETS[^]*a cluster that you already have/,
  );
});

describe('with KUBEBUILDER_ASSETS', () => {
  it('refuses a folder without the essential programs, and names them', async () => {
    const assets = scratchFolder();
    program(assets, 'etcd');
    const env = { KUBEBUILDER_ASSETS: assets, XDG_CACHE_HOME: scratchFolder(), PATH: '' };
    const failure = ensureBinaries({ env, log: quiet });
    await expect(failure).rejects.toThrow(
      `KUBEBUILDER_ASSETS is ${assets}, but there is no kube-apiserver, kubectl in it`,
    );
  });

  it('takes what is there, and the rest from the cache with a line that says so', async () => {
    const assets = scratchFolder();
    for (const name of ['etcd', 'kube-apiserver', 'kubectl']) program(assets, name);
    const env = { KUBEBUILDER_ASSETS: assets, XDG_CACHE_HOME: scratchFolder(), PATH: '' };
    const cache = completeCache(env);
    const lines: string[] = [];
    const { path } = await ensureBinaries({ env, log: (line) => lines.push(line) });
    expect(path('etcd')).toBe(join(assets, 'etcd'));
    expect(path('kwok')).toBe(join(cache, 'kwok'));
    expect(lines).toEqual([
      `KUBEBUILDER_ASSETS has no kube-controller-manager, kube-scheduler, kwok: taken from ${cache}`,
    ]);
  });
});
