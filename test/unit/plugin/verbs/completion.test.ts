import { describe, expect, test } from 'vitest';
import { SHELLS } from '../../../../plugin/verbs/completion/scripts.ts';
import type { Wanted } from '../../../../plugin/verbs/completion/candidates.ts';
import { wantedFor } from '../../../../plugin/verbs/completion/wanted.ts';
import { VERBS } from '../../../../plugin/verbs.ts';
import { loadedVerbs } from '../../../../plugin/command-line/verb.ts';
import { runComplete } from '../../../../plugin/verbs/completion/complete.ts';
import { NODES, RECORD_ANNOTATION, STATE_LABEL } from '../../../../shared/index.ts';
import { HeardScreen, nodeObject, ToldCluster } from '../world.ts';

const definitions = await loadedVerbs(VERBS);

/** Words with `_` for the end that is being typed. */
function wanted(line: string): Wanted {
  return wantedFor(line.replace('_', '').split(' '), definitions);
}

/** The words of a list. */
function listed(line: string): readonly string[] {
  const found = wanted(line);
  if (found.from !== 'list') throw new Error(`${line}: ${found.from}`);
  return found.candidates.map(({ word }) => word);
}

test('each command is registered under its own name', () => {
  expect(definitions.map(({ name }) => name)).toEqual(VERBS.map(({ name }) => name));
});

test('every flag of every command is described', () => {
  const flags = definitions.flatMap(({ flags: own }) => Object.values(own));
  expect(flags.filter(({ describe: text }) => text === '')).toEqual([]);
  expect(flags.length).toBeGreaterThan(50);
});

describe('what is being typed', () => {
  test('a command', () => {
    expect(listed('_')).toEqual(definitions.map(({ name }) => name));
    expect(listed('--context x _')).toEqual(listed('_'));
  });

  test('a flag: those of the command that are not given yet', () => {
    const flags = listed('off n1 --owner ana --as-group g -_');
    expect(flags).toEqual(expect.arrayContaining(['--healthy-for', '--as-group', '--context', '--help']));
    expect(flags).not.toContain('--owner');
    expect(flags).not.toContain('--mode');
    expect(listed('on --d_')).toEqual(expect.arrayContaining(['--dry-run=client', '--dry-run=server']));
  });

  test.each([
    ['on n1 --mode _', ['drain', 'cordon']],
    ['on n1 --mode=c_', ['drain', 'cordon']],
    ['on --dry-run=_', ['none', 'client', 'server']],
    ['on n1 --protect=_', ['true', 'false']],
    ['on n1 --reason _', []],
    ['allow n1 --rules _', ['addon', 'backup', 'machine', 'placement', 'scan']],
    ['allow n1 --rules backup,scan,_', ['backup,scan,addon', 'backup,scan,machine', 'backup,scan,placement']],
    ['allow n1 --rules=backup,s_', ['backup,addon', 'backup,machine', 'backup,placement', 'backup,scan']],
    ['completion _', [...SHELLS]],
    ['completion bash _', []],
    ['check _', []],
    ['off -l rack=b7 _', []],
  ])('%s', (line, candidates) => {
    expect(listed(line)).toEqual(candidates);
  });

  test.each<[string, object]>([
    ['off _', { from: 'nodes', onlyHeld: true, given: [], type: '', typed: '' }],
    ['allow n1 node/w_', { from: 'nodes', onlyHeld: true, given: ['n1'], type: 'node/', typed: 'node/w' }],
    ['on --force no/n1 _', { from: 'nodes', onlyHeld: false, given: ['n1'] }],
    ['on --reason x n1 _', { from: 'nodes', given: ['n1'] }],
    // The flag has its value behind `=` only, as in kubectl.
    ['on --dry-run _', { from: 'nodes', given: [] }],
    ['status _', { from: 'nodes', onlyHeld: false }],
    ['off n1 --owner _', { from: 'owners', given: ['n1'] }],
    ['off --owner=a_', { from: 'owners', given: [], typed: 'a' }],
    ['off --context _', { from: 'kubeconfig', what: 'contexts' }],
    ['check -f _', { from: 'files' }],
    ['on --kubeconfig _', { from: 'files' }],
  ])('%s', (line, expected) => {
    expect(wanted(line)).toMatchObject(expected);
  });
});

describe('candidates', () => {
  const claims = [
    { owner: 'ana', mode: 'drain', since: '2026-01-05T22:10:00Z' },
    { owner: 'ben\tb', mode: 'cordon', since: '2026-01-05T22:10:00Z' },
  ];
  const record = { version: 1, claims, before: { cordoned: false }, initiatedAt: '2026-01-05T22:10:00Z' };
  const held = nodeObject('n1', {
    labels: { [STATE_LABEL]: 'complete' },
    annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
  });

  async function said(line: string, connect?: () => Promise<ToldCluster>): Promise<readonly string[]> {
    const screen = new HeardScreen();
    const cluster = new ToldCluster();
    cluster.lists.set(NODES, [held, nodeObject('n2')]);
    const code = await runComplete(
      { verb: 'complete', wanted: wanted(line), cluster: undefined },
      {
        screen,
        connect: connect ?? (() => Promise.resolve(cluster)),
        namesInKubeconfig: () => Promise.resolve(['dev', 'prod']),
      },
    );
    expect([code, screen.notes, screen.warnings]).toEqual([0, [], []]);
    return screen.results;
  }

  test.each([
    ['on _', ['n1\tin maintenance for ana, ben b', 'n2', ':4']],
    ['on n1 nodes/_', ['nodes/n2', ':4']],
    ['off --owner _', ['ana', ':4']],
    ['off n2 --owner _', [':4']],
    ['on --mode=c_', ['cordon', ':36']],
    ['on --context p_', ['prod', ':4']],
    ['check -f _', [':0']],
  ])('%s', async (line, lines) => {
    expect(await said(line)).toEqual(lines);
  });

  test('without a cluster there are none, and nothing is said', async () => {
    expect(await said('on _', () => Promise.reject(new Error('no such host')))).toEqual([':4']);
  });
});
