/**
 * The scripts and lines of docs/run.md, carried out as they are printed there. What they call on nodes and in a cloud (ssh,
 * apt-get, aws) stands in a folder of ours, first on the PATH. The kernel update is carried out on real nodes (test/node).
 */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { nodeObject } from '../../control-plane/nodes.ts';
import { pluginEnvironment, runProgram, type Ran } from '../../support/plugin-run.ts';

let plane: ControlPlane;
let folder: string;
let page: string;

beforeAll(async () => {
  page = await readFile('docs/run.md', 'utf8');
  const workers = ['worker-1', 'worker-2', 'worker-3'].map((name) => ({ name }));
  const blue = ['blue-1', 'blue-2'].map((name) => ({ name, labels: { 'node-pool': 'blue' } }));
  plane = await startControlPlane({ nodes: [...workers, ...blue] });
  folder = await mkdtemp(join(tmpdir(), 'maint-stories-'));
  await mkdir(join(folder, 'bin'));
});
afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A script of the page, in the folder where its line is given to a shell. */
async function written(name: string): Promise<string> {
  const [, text = ''] = new RegExp(`\`${name}\`[^\n]*(?:\n[^\n]+)*:\n\n((?: {4}.*\n|\n(?= {4}))+)`).exec(page) ?? [];
  expect(text).toContain('#!/bin/sh');
  await put(name, text.replaceAll(/^ {4}/gm, ''));
  return text;
}

async function put(path: string, text: string): Promise<void> {
  await writeFile(join(folder, path), text);
  await chmod(join(folder, path), 0o755);
}

/** The line of the page that runs a script, and is no dry run. */
function lineOf(script: string): string {
  const lines = page
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('    $ kubectl maint run ') && line.endsWith(`-- ${script}`) && !line.includes('--dry-run'),
    );
  expect(lines).toHaveLength(1);
  return lines.join('').slice('    $ '.length);
}

/** Gives a line to a shell as it stands, with the flags of a test behind `run`. */
function given(words: string, ...flags: readonly string[]): Promise<Ran> {
  const env = pluginEnvironment(plane.kubeconfig);
  const path = [join(folder, 'bin'), join(plane.kubectlPath, '..'), env['PATH'] ?? ''].join(delimiter);
  const text = words.replace('maint run', ['maint run', ...flags].join(' '));
  return runProgram('/bin/sh', ['-c', `cd ${folder} && ${text}`], { ...env, PATH: path, WANTED: '2' });
}

/** What the page shows behind the line that runs a script: lines of ours, without times and without what is left out. */
function shown(script: string): readonly string[] {
  const line = lineOf(script);
  const block = page.slice(page.indexOf(line) + line.length + 1);
  return comparable(block.slice(0, block.search(/^(?! {4})/m)).replaceAll(/^ {4}/gm, ''));
}

/** Lines by which the page and a run are held against each other. */
function comparable(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && line !== '...' && !line.startsWith('pod/') && !line.startsWith('$ '))
    .map((line) => line.replace(/after \d+s$/, 'after Ns').replace(/watching it for \d+s/, 'watching it'));
}

/** All that a run has said, as the page shows it: results and notes. */
function said({ stdout, stderr }: Ran): readonly string[] {
  return comparable(`${stdout}\n${stderr}`);
}

describe('an upgrade with kubeadm', () => {
  test('the second node fails as the page shows it, and the printed line goes on to the end', async () => {
    await written('upgrade.sh');
    // The far end of ssh is a shell of this machine, and what it calls there says what it would have done.
    await put('bin/ssh', '#!/bin/sh\nshift 3\nexec sh -c "$1"\n');
    const lock = join(folder, 'lock');
    await writeFile(lock, '');
    const busy = 'echo "E: Could not get lock /var/lib/dpkg/lock-frontend." >&2; exit 100';
    await put(
      'bin/apt-get',
      `#!/bin/sh\nif [ "$NODE" = worker-2 ] && [ -e ${lock} ]; then ${busy}; fi\necho "apt-get $*"\n`,
    );
    await put('bin/kubeadm', '#!/bin/sh\necho "[upgrade] The configuration for this node was successfully updated!"\n');
    await put('bin/systemctl', '#!/bin/sh\necho "systemctl $*"\n');
    const ran = await given(lineOf('./upgrade.sh'), '--healthy-for=0');
    expect(ran, ran.stderr).toMatchObject({ code: 5 });
    expect(said(ran)).toEqual(expect.arrayContaining([...shown('./upgrade.sh')].filter(isOfTheRun)));
    expect(ran.stdout).toContain('worker-1 | apt-get install -y -q --allow-change-held-packages kubelet=1.37.2-*\n');
    expect(ran.stdout).not.toContain('worker-3 |');
    await rm(lock);
    const goOn = /^kubectl maint run worker-2 .*$/m.exec(ran.stderr)?.[0] ?? '';
    expect(goOn.replace(' --healthy-for=0', '')).toBe(shown('./upgrade.sh').at(-1));
    const rest = await given(goOn);
    expect(rest, rest.stderr).toMatchObject({ code: 0 });
    expect(rest.stderr).toContain('2 of 2 nodes done\n');
  });
});

/** Without a time to watch a healthy node, nothing is said of watching it; the line that goes on carries the flag for that. */
function isOfTheRun(line: string): boolean {
  return !line.includes('watching it') && !line.startsWith('kubectl maint run');
}

describe('nodes of a cloud are replaced', () => {
  test('each machine ends, the next one is waited for, and the nodes that are gone are no failure', async () => {
    await written('replace.sh');
    for (const name of ['blue-1', 'blue-2']) {
      await plane.api('PATCH', `/api/v1/nodes/${name}`, { spec: { providerID: `aws:///eu-1/i-${name}` } });
    }
    await writeFile(
      join(folder, 'next.json'),
      JSON.stringify({ ...nodeObject({ name: 'NAME', labels: { 'node-pool': 'blue' } }) }),
    );
    await put(
      'bin/aws',
      [
        '#!/bin/sh',
        'set -eu',
        '[ "$1 $2 $3" = "ec2 terminate-instances --instance-ids" ]',
        'node=${4#i-}',
        `sed "s/NAME/$node-next/g" ${join(folder, 'next.json')} | kubectl create -f -`,
        'kubectl delete node "$node" --wait=false',
        '',
      ].join('\n'),
    );
    const ran = await given(lineOf('./replace.sh'), '--healthy-for=0');
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(said(ran)).toEqual(expect.arrayContaining([...shown('./replace.sh')]));
    const nodes = await plane.kubectl(['get', 'nodes', '-l', 'node-pool=blue', '-o', 'name']);
    expect(nodes.stdout).toBe('node/blue-1-next\nnode/blue-2-next\n');
  });
});
