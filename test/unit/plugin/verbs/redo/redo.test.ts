/** What `redo` makes of names that somebody else takes between its look and its call: the real API server does not do so on demand. */
import { beforeEach, describe, expect, test } from 'vitest';
import { listAt, type ApiAnswer } from '../../../../../shared/index.ts';
import type { RedoOperation } from '../../../../../plugin/verbs/redo/flags.ts';
import { runRedo } from '../../../../../plugin/verbs/redo/redo.ts';
import { answer, toldSession } from '../../world.ts';

const BACKUPS = '/apis/velero.io/v1/namespaces/velero/backups';
const TAKEN: ApiAnswer = answer(409, { kind: 'Status', reason: 'AlreadyExists', message: 'it is there' });
const ASKED: RedoOperation = { verb: 'redo', cluster: {}, what: 'all', dryRun: 'none', format: 'json' };

const labels = { 'velero.io/schedule-name': 'daily' };
const since = { namespace: 'velero', labels, creationTimestamp: '2026-01-05T22:20:00Z' };
const run = (name: string, phase: string) => ({ metadata: { ...since, name }, status: { phase } });

let told: ReturnType<typeof toldSession>;

beforeEach(() => {
  told = toldSession();
  const { objects, lists } = told.cluster;
  objects.set(`${BACKUPS}/daily-1`, { metadata: { name: 'daily-1', labels } });
  objects.set('/apis/velero.io/v1/namespaces/velero/schedules/daily', { metadata: { name: 'daily', uid: 'u' } });
  lists.set('/apis/velero.io/v1/podvolumebackups', [
    {
      metadata: { namespace: 'velero', ownerReferences: [{ kind: 'Backup', name: 'daily-1' }] },
      status: {
        phase: 'Failed',
        message: 'admission webhook "work.kubectl-maint.io" denied the request: backup: node n1',
        completionTimestamp: '2026-01-05T22:10:00Z',
      },
    },
  ]);
});

/** Runs it; its exit code and its only item. */
async function redo(more: Partial<RedoOperation> = {}): Promise<readonly [code: number, item: unknown]> {
  const code = await runRedo({ ...ASKED, ...more }, told.session);
  const [item] = listAt(JSON.parse(told.screen.results.join('\n')) as unknown, 'items');
  return [code, item];
}

/** Each call finds its name taken, by somebody who was quicker. */
function quicker(...runs: readonly object[]): void {
  told.cluster.say = (_request, count) => {
    const [taker] = runs.slice(count - 1);
    if (taker === undefined) return answer(201);
    told.cluster.lists.set(BACKUPS, runs.slice(0, count));
    return TAKEN;
  };
}

describe('its name is taken meanwhile', () => {
  test('by a run that goes on: that makes up for it', async () => {
    quicker(run('daily-redo-t8ew8o', 'InProgress'));
    const [code, item] = await redo();
    expect(code).toBe(0);
    expect(item).toMatchObject({
      state: 'made-up',
      made: null,
      why: 'backup.velero.io/daily-redo-t8ew8o is there already',
    });
  });

  test('by a run that has failed: the next name is made', async () => {
    quicker(run('daily-redo-t8ew8o', 'FailedValidation'));
    const [code, item] = await redo();
    expect(code).toBe(0);
    expect(item).toMatchObject({ state: 'open', made: 'backup.velero.io/daily-redo-t8ew8o-2' });
  });

  test('again and again by runs that are not its own: it is left, and the next step is said', async () => {
    told.cluster.say = () => TAKEN;
    const [code, item] = await redo();
    expect(code).toBe(5);
    expect(told.cluster.requests).toHaveLength(5);
    expect(item).toMatchObject({
      state: 'open',
      made: null,
      why: '5 names for it are taken, by runs that failed or that are not its own: kubectl get backups.velero.io -n velero',
    });
  });
});

describe('for programs', () => {
  test.each(['client', 'server'] as const)('a dry run (%s) is marked as one', async (dryRun) => {
    const [, item] = await redo({ dryRun });
    expect(item).toMatchObject({ made: 'backup.velero.io/daily-redo-t8ew8o', dryRun });
  });

  test('what was made is not, nor what nothing was made for', async () => {
    const [, made] = await redo();
    expect(made).not.toHaveProperty('dryRun');
    told.screen.results.length = 0;
    told.cluster.lists.set(BACKUPS, [run('daily-2', 'Completed')]);
    const [, ranSince] = await redo({ dryRun: 'client' });
    expect(ranSince).toMatchObject({ state: 'made-up', made: null });
    expect(ranSince).not.toHaveProperty('dryRun');
  });
});
