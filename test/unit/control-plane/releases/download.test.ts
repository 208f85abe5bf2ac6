import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ensureBinaries } from '../../../control-plane/binaries.ts';
import { binariesFolder } from '../../../control-plane/cache-folder.ts';
import { ensureOlder } from '../../../control-plane/older.ts';
import { download, type ReleaseOptions } from '../../../control-plane/releases/download.ts';
import { WITHOUT_GO } from '../../../control-plane/releases/limits.ts';
import { BINARIES, HELM, KUBERNETES_PROGRAMS } from '../../../control-plane/versions.ts';
import { fakeGo } from '../fake-go.ts';
import { scratchFolder } from '../scratch-folder.ts';
import {
  completeHosts,
  cutOff,
  ETCD,
  ETCD_ARCHIVE,
  FAKE_PINS,
  fakeHosts,
  half,
  KUBERNETES,
  packed,
  sha256,
  whole,
  type FakeHosts,
} from './fake-hosts.ts';

const ALL = BINARIES.map(({ name }) => name);
const LINUX: ReleaseOptions = { machine: { os: 'linux', arch: 'amd64' }, pins: FAKE_PINS };
/** Nothing here takes long by itself. */
const PATIENT: ReleaseOptions = { ...LINUX, patience: WITHOUT_GO };

/** Gets the control plane from such hosts, else from a Go that builds, or from none. */
async function get(
  hosts: Pick<FakeHosts, 'address'>,
  releases: ReleaseOptions,
  { go = fakeGo(), also = [] }: { go?: ReturnType<typeof fakeGo> | undefined; also?: readonly (typeof HELM)[] } = {},
): Promise<{ lines: readonly string[]; folder: string; builds: readonly string[] }> {
  const env = { XDG_CACHE_HOME: scratchFolder(), PATH: go.path, MAINT_DOWNLOADS: hosts.address };
  const lines: string[] = [];
  await ensureBinaries({ env, log: (line) => lines.push(line), releases, also });
  return { lines, folder: binariesFolder(env), builds: go.builds() };
}

/** Downloads kubectl alone into a folder. */
async function getKubectl(
  address: string,
  folder: string,
  patience = WITHOUT_GO,
  env: Record<string, string> = {},
): Promise<{ lines: readonly string[]; isThere: boolean }> {
  const lines: string[] = [];
  const left = await download(
    { binaries: [{ name: 'kubectl', version: '1.37.2' }], stages: false },
    {
      folder,
      env: { MAINT_DOWNLOADS: address, ...env },
      log: (line) => lines.push(line),
      releases: { ...LINUX, patience },
    },
  );
  return { lines, isThere: left.binaries.length === 0 };
}

/** A program that comes in more than one piece, at such hosts. */
const BYTES = Buffer.alloc(20_000, 'program kubectl');
const KUBECTL = `${KUBERNETES}/kubectl`;

async function hostsWithKubectl(): Promise<FakeHosts> {
  const hosts = await fakeHosts();
  hosts.answer(`${KUBECTL}.sha256`, whole(`${sha256(BYTES)}\n`));
  return hosts;
}

/** Answers the first request so, and those after it otherwise. */
function first(
  hosts: FakeHosts,
  listener: Parameters<FakeHosts['answer']>[1],
  then: Parameters<FakeHosts['answer']>[1],
): void {
  hosts.answer(KUBECTL, (request, response) => {
    hosts.answer(KUBECTL, then);
    listener(request, response);
  });
}

const isKubectl = (folder: string) => BYTES.equals(readFileSync(join(folder, 'kubectl')));

describe('with hosts that have everything', () => {
  it('all of it is downloaded, verified, executable, and nothing else is left; Go is not needed', async () => {
    const hosts = await completeHosts();
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: '', MAINT_DOWNLOADS: hosts.address };
    const lines: string[] = [];
    const { path, stagesFolder } = await ensureBinaries({ env, log: (line) => lines.push(line), releases: LINUX });
    for (const name of ALL.filter((one) => one !== 'kwok')) {
      expect(readFileSync(path(name), 'utf8')).toBe(`program ${name}`);
      expect(statSync(path(name)).mode & 0o777).toBe(0o755);
    }
    expect(readdirSync(stagesFolder)).toHaveLength(5);
    expect(readdirSync(binariesFolder(env)).sort()).toEqual([...ALL, 'stages'].sort());
    expect(lines).toEqual([
      expect.stringMatching(
        new RegExp(
          `^downloading kube-apiserver 1\\.37\\.2, .*, the stages of kwok 0\\.8\\.0 from ${hosts.host} \\.\\.\\.$`,
        ),
      ),
      expect.stringMatching(/^downloaded kube-apiserver 1\.37\.2, .*, etcd 3\.7\.3, kwok 0\.8\.0, .* in \d+s$/),
    ]);
  });

  it('what they do not have is built, and that only', async () => {
    const { lines, builds } = await get(await completeHosts(), LINUX, { also: [HELM] });
    expect(builds).toEqual([expect.stringContaining('helm.sh/helm/v4/cmd/helm')]);
    expect(lines).toContain('building helm 4.3.1 ...');
    expect(lines.join('\n')).not.toContain('not downloaded');
  });

  it('an older Kubernetes is downloaded as well', async () => {
    const hosts = await completeHosts('1.36.3');
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: '', MAINT_DOWNLOADS: hosts.address };
    const folder = await ensureOlder('1.36.3', { env, log: () => undefined, releases: LINUX });
    expect(readFileSync(join(folder, 'kube-apiserver'), 'utf8')).toBe('older kube-apiserver');
    expect(readFileSync(join(folder, 'etcd'), 'utf8')).toBe('program etcd');
    expect(readdirSync(folder).sort()).toEqual([...KUBERNETES_PROGRAMS, 'etcd', 'kubectl'].sort());
  });

  it('two runs at the same time download once', async () => {
    const hosts = await completeHosts();
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: '', MAINT_DOWNLOADS: hosts.address };
    const options = { env, log: () => undefined, releases: LINUX };
    await Promise.all([ensureBinaries(options), ensureBinaries(options)]);
    expect(hosts.asked.filter((path) => path === `${KUBERNETES}/kubectl`)).toHaveLength(1);
  });

  it('nothing is asked of them where that is refused', async () => {
    const hosts = await completeHosts();
    const { lines, builds } = await get({ address: 'off' }, LINUX);
    expect(hosts.asked).toEqual([]);
    expect(builds).toHaveLength(1);
    expect(lines[0]).toMatch(/^building /);
  });
});

describe('what is not what it should be', () => {
  it.each([
    ['published', `${KUBERNETES}/kubectl`, 'kubectl', /http:.*\/kubectl\.sha256 says [0-9a-f]{64}$/],
    ['pinned', `/github.com${Object.keys(FAKE_PINS)[0] ?? ''}`, 'kwok', /it is known to be [0-9a-f]{64}$/],
    ['listed', `${ETCD}/${ETCD_ARCHIVE}`, 'etcd', /SHA256SUMS says [0-9a-f]{64}$/],
  ])('by a %s checksum is never put in place: Go builds it', async (_name, path, program, says) => {
    const hosts = await completeHosts();
    hosts.answer(path, whole('something else'));
    const { lines, folder, builds } = await get(hosts, LINUX);
    expect(readFileSync(join(folder, program), 'utf8')).toBe('built\n');
    expect(builds).toEqual([expect.stringMatching(new RegExp(`${program}$`))]);
    const line = lines.find((one) => one.startsWith(`not downloaded: ${program} `));
    expect(line).toContain(`the SHA-256 of http://${hosts.host}${path} is ${sha256('something else')}, but `);
    expect(line).toMatch(says);
  });

  it('by no checksum at all is not even downloaded', async () => {
    const hosts = await hostsWithKubectl();
    hosts.answer(`${KUBECTL}.sha256`, whole('<html>'));
    const { lines, isThere } = await getKubectl(hosts.address, scratchFolder());
    expect(isThere).toBe(false);
    expect(lines[1]).toMatch(/kubectl\.sha256 has no SHA-256 of .*\/kubectl$/);
    expect(hosts.asked).toEqual([`${KUBECTL}.sha256`]);
  });

  it.each([
    ['has it under another name', [{ name: 'etcd', text: 'x' }]],
    ['climbs out of it', [{ name: '../etcd-v3.7.3-linux-amd64/etcd', text: 'x' }]],
    ['has a link by its name', [{ name: 'etcd-v3.7.3-linux-amd64/etcd', text: '/bin/sh', type: 'symlink' }]],
  ] as const)('an archive that %s gives nothing', async (_name, files) => {
    const hosts = await completeHosts();
    const archive = await packed(...files);
    hosts.answer(`${ETCD}/${ETCD_ARCHIVE}`, whole(archive));
    hosts.answer(`${ETCD}/SHA256SUMS`, whole(`${sha256(archive)}  ${ETCD_ARCHIVE}\n`));
    const { lines, folder } = await get(hosts, LINUX);
    expect(lines).toContain('not downloaded: etcd 3.7.3: there is no file etcd-v3.7.3-linux-amd64/etcd in the archive');
    expect(readFileSync(join(folder, 'etcd'), 'utf8')).toBe('built\n');
    expect(readdirSync(folder).sort()).toEqual([...ALL, 'stages'].sort());
  });

  it('an archive that is none gives nothing', async () => {
    const hosts = await completeHosts();
    hosts.answer(`${ETCD}/${ETCD_ARCHIVE}`, whole('no archive'));
    hosts.answer(`${ETCD}/SHA256SUMS`, whole(`${sha256('no archive')}  ${ETCD_ARCHIVE}\n`));
    const { lines, folder } = await get(hosts, LINUX);
    expect(lines.find((line) => line.startsWith('not downloaded: etcd 3.7.3: '))).toContain('header');
    expect(readFileSync(join(folder, 'etcd'), 'utf8')).toBe('built\n');
  });

  it('is larger than any program: it is left after the first piece', async () => {
    const hosts = await hostsWithKubectl();
    hosts.answer(KUBECTL, (_request, response) =>
      response.writeHead(200, { 'Content-Length': 600 * 2 ** 20 }).write('x'),
    );
    const { lines, isThere } = await getKubectl(hosts.address, scratchFolder());
    expect(isThere).toBe(false);
    expect(lines[1]).toContain('/kubectl has more than 512 MiB');
  });

  it('a list of checksums that does not end is left', async () => {
    const hosts = await fakeHosts();
    hosts.answer(`${KUBECTL}.sha256`, whole('x'.repeat(70_000)));
    const { lines } = await getKubectl(hosts.address, scratchFolder());
    expect(lines[1]).toContain('/kubectl.sha256 has more than 64 KiB');
  });
});

describe('a connection that ends in the middle', () => {
  it('is gone on with where it was', async () => {
    const hosts = await hostsWithKubectl();
    const folder = scratchFolder();
    first(hosts, half(BYTES, cutOff), whole(BYTES));
    expect((await getKubectl(hosts.address, folder)).isThere).toBe(true);
    expect(isKubectl(folder)).toBe(true);
    expect(hosts.asked).toEqual([`${KUBECTL}.sha256`, KUBECTL, `${KUBECTL} from ${BYTES.length / 2}`]);
  });

  it('begins again at a host that has no parts', async () => {
    const hosts = await hostsWithKubectl();
    const folder = scratchFolder();
    first(hosts, half(BYTES, cutOff), (_request, response) => response.writeHead(200).end(BYTES));
    expect((await getKubectl(hosts.address, folder)).isThere).toBe(true);
    expect(isKubectl(folder)).toBe(true);
  });

  it('again and again is left to the next run, which has the rest of it only', async () => {
    const hosts = await hostsWithKubectl();
    const folder = scratchFolder();
    first(hosts, half(BYTES, cutOff), (request) => request.socket.destroy());
    const { lines, isThere } = await getKubectl(hosts.address, folder);
    expect(isThere).toBe(false);
    expect(existsSync(join(folder, 'kubectl'))).toBe(false);
    expect(lines[1]).toMatch(/^not downloaded: kubectl 1\.37\.2: 127\.0\.0\.1:\d+: socket hang up$/);
    hosts.answer(KUBECTL, whole(BYTES));
    expect((await getKubectl(hosts.address, folder)).isThere).toBe(true);
    expect(isKubectl(folder)).toBe(true);
    expect(hosts.asked.at(-1)).toBe(`${KUBECTL} from ${BYTES.length / 2}`);
  });

  it('a part that is longer than the file is forgotten', async () => {
    const hosts = await hostsWithKubectl();
    const folder = scratchFolder();
    mkdirSync(join(folder, '.download'));
    writeFileSync(join(folder, '.download', `kubectl.${sha256(BYTES)}`), Buffer.alloc(30_000));
    first(hosts, (_request, response) => response.writeHead(416).end(), whole(BYTES));
    expect((await getKubectl(hosts.address, folder)).isThere).toBe(true);
    expect(isKubectl(folder)).toBe(true);
  });
});

describe('a host that does not give it', () => {
  it.each([
    ['404', (hosts: FakeHosts) => hosts, 'answered 404 for /dl.k8s.io/release/v1.37.2/bin/linux/amd64/kubectl'],
    [
      'redirects in a circle',
      (hosts: FakeHosts) => {
        hosts.answer(KUBECTL, (_request, response) => response.writeHead(302, { Location: KUBECTL }).end());
      },
      'redirected more than 5 times',
    ],
  ])('%s: that is said', async (_name, prepare, reason) => {
    const hosts = await hostsWithKubectl();
    prepare(hosts);
    const { lines, isThere } = await getKubectl(hosts.address, scratchFolder());
    expect(isThere).toBe(false);
    expect(lines[1]).toBe(`not downloaded: kubectl 1.37.2: ${hosts.host} ${reason}`);
  });

  it('404 for everything: Go builds it, and it is said once for each', async () => {
    const { lines, builds } = await get(await fakeHosts(), LINUX);
    expect(builds).toHaveLength(1);
    expect(lines[1]).toMatch(/^not downloaded: kube-apiserver 1\.37\.2: .* answered 404 for .*\.sha256$/);
  });

  it('but another to which it redirects', async () => {
    const hosts = await hostsWithKubectl();
    const folder = scratchFolder();
    hosts.answer('/elsewhere', whole(BYTES));
    hosts.answer(KUBECTL, (_request, response) => response.writeHead(302, { Location: '/elsewhere' }).end());
    expect((await getKubectl(hosts.address, folder)).isThere).toBe(true);
    expect(isKubectl(folder)).toBe(true);
  });

  it('silent from the beginning: all hosts are waited for once, and Go builds everything', async () => {
    const hosts = await fakeHosts();
    for (const { name } of BINARIES) hosts.answer(`${KUBERNETES}/${name}.sha256`, () => undefined);
    hosts.answer(`${ETCD}/SHA256SUMS`, () => undefined);
    for (const path of Object.keys(FAKE_PINS)) hosts.answer(`/github.com${path}`, () => undefined);
    const { lines, builds } = await get(hosts, { ...LINUX, patience: { ...WITHOUT_GO, answerMs: 50 } });
    expect(lines[1]).toMatch(
      /^not downloaded: kube-apiserver 1\.37\.2, .*, the stages of kwok 0\.8\.0: 127\.0\.0\.1:\d+ did not answer within 0s$/,
    );
    expect(lines[2]).toMatch(/^building kube-apiserver/);
    expect(builds).toHaveLength(1);
  });

  it('silent in the middle: the rest is asked for', async () => {
    const hosts = await hostsWithKubectl();
    const folder = scratchFolder();
    first(
      hosts,
      half(BYTES, () => undefined),
      whole(BYTES),
    );
    const { isThere } = await getKubectl(hosts.address, folder, { ...WITHOUT_GO, silenceMs: 1_000 });
    expect(isThere).toBe(true);
    expect(isKubectl(folder)).toBe(true);
  });

  it('silent in the middle, again and again: that is said', async () => {
    const hosts = await hostsWithKubectl();
    first(
      hosts,
      half(BYTES, () => undefined),
      (_request, response) => {
        response.writeHead(206, { 'Content-Range': 'bytes 10000-' }).flushHeaders();
      },
    );
    const { lines } = await getKubectl(hosts.address, scratchFolder(), { ...WITHOUT_GO, silenceMs: 50 });
    expect(lines[1]).toMatch(/^not downloaded: kubectl 1\.37\.2: 127\.0\.0\.1:\d+: nothing more came for 0s$/);
  });

  it('slow, but it comes to an end: it is waited for', async () => {
    const hosts = await hostsWithKubectl();
    const folder = scratchFolder();
    hosts.answer(KUBECTL, dribbling(BYTES, 5_000));
    expect((await getKubectl(hosts.address, folder)).isThere).toBe(true);
    expect(isKubectl(folder)).toBe(true);
  });

  it('slower than a build: it is left, and Go builds it', async () => {
    const hosts = await completeHosts();
    hosts.answer(`${KUBERNETES}/kubectl`, dribbling(Buffer.from('program kubectl'), 1));
    const { lines, folder, builds } = await get(hosts, { ...LINUX, patience: { ...WITHOUT_GO, fileMs: 20 } });
    expect(readFileSync(join(folder, 'kubectl'), 'utf8')).toBe('built\n');
    expect(builds).toHaveLength(1);
    expect(lines.find((line) => line.startsWith('not downloaded: kubectl'))).toContain('/kubectl comes too slowly (');
  });
});

/** Sends bytes piece by piece. */
function dribbling(bytes: Buffer, piece: number): Parameters<FakeHosts['answer']>[1] {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(sent, sent + piece));
      sent += piece;
      if (sent < bytes.length) return;
      clearInterval(timer);
      response.end();
    }, 10);
    response.once('close', () => {
      clearInterval(timer);
    });
  };
}

describe('without a network', () => {
  it.each([
    ['nobody listens', 'http://127.0.0.1:1', /ECONNREFUSED/],
    ['nobody knows the name', 'http://releases.invalid', /ENOTFOUND|EAI_AGAIN/],
  ])('%s: Go builds everything, and why is said in one line', async (_name, address, reason) => {
    const { lines, builds } = await get({ address }, PATIENT);
    expect(lines).toEqual([
      expect.stringMatching(/^downloading /),
      expect.stringMatching(/^not downloaded: kube-apiserver 1\.37\.2, .*, the stages of kwok 0\.8\.0: /),
      expect.stringMatching(/^building /),
      expect.stringMatching(/^1 package to compile /),
      expect.stringMatching(/^built /),
    ]);
    expect(lines[1]).toMatch(reason);
    expect(builds).toHaveLength(1);
  });

  it('and without Go, what can be done is said', async () => {
    const env = { XDG_CACHE_HOME: scratchFolder(), PATH: '', MAINT_DOWNLOADS: 'http://127.0.0.1:1' };
    await expect(ensureBinaries({ env, log: () => undefined, releases: LINUX })).rejects.toThrow(
      'mend what kept the official releases from being downloaded',
    );
  });
});

describe('behind a proxy', () => {
  it('a mirror is asked through it, and not where NO_PROXY names its host', async () => {
    const proxy = await hostsWithKubectl();
    proxy.answer(KUBECTL, whole(BYTES));
    const env = { HTTP_PROXY: proxy.address };
    const through = await getKubectl('http://mirror.invalid', scratchFolder(), WITHOUT_GO, env);
    expect(through.isThere).toBe(true);
    const past = { ...env, NO_PROXY: 'mirror.invalid' };
    const { lines } = await getKubectl('http://mirror.invalid', scratchFolder(), WITHOUT_GO, past);
    expect(lines[1]).toMatch(/mirror\.invalid/);
    expect(proxy.asked).toHaveLength(2);
  });

  it.each([
    ['refuses', (socket: Duplex) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'), WITHOUT_GO, /dl\.k8s\.io: .*403/],
    ['is silent', () => undefined, { ...WITHOUT_GO, answerMs: 50, silenceMs: 50 }, /dl\.k8s\.io did not answer/],
  ])(
    'the official hosts are asked through a tunnel; a proxy that %s is said',
    async (_name, answer, patience, reason) => {
      const tunnels: string[] = [];
      const proxy = createServer().on('connect', (request, socket) => {
        tunnels.push(request.url ?? '');
        answer(socket);
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      onTestFinished(() => void proxy.close());
      const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
      const { lines, isThere } = await getKubectl('', scratchFolder(), patience, env);
      expect(tunnels.filter((host) => host !== 'dl.k8s.io:443')).toEqual([]);
      expect(isThere).toBe(false);
      expect(lines[1]).toMatch(reason);
    },
  );
});
