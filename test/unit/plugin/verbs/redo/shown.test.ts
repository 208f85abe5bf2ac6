/** The example in docs/maintenance.md is what `off` and `redo` print of one night. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptOffIn } from '../../../../../plugin/kept-off/kept-off.ts';
import { refusalEventsRead } from '../../../../../plugin/kept-off/refusal-events.ts';
import { keptOffLines } from '../../../../../plugin/kept-off/text.ts';
import type { RedoOperation } from '../../../../../plugin/verbs/redo/flags.ts';
import { runRedo } from '../../../../../plugin/verbs/redo/redo.ts';
import { answer, toldSession } from '../../world.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../../docs/maintenance.md'), 'utf8');
const BACKUP = 'nightly-20260105220000';
const OPERATION: RedoOperation = { verb: 'redo', cluster: {}, what: 'none', dryRun: 'none', format: 'text' };

const labels = { 'velero.io/schedule-name': 'nightly' };
const denied = (rest: string) =>
  `pods "x" is forbidden: ValidatingAdmissionPolicy 'backup.kubectl-maint.io' with binding 'b' denied request: backup: ${rest}`;

/** An indented block of the page, from a line on. */
function blockFrom(line: string): readonly string[] {
  const lines = PAGE.split('\n');
  const begin = lines.indexOf(`    ${line}`);
  const end = lines.indexOf('', begin);
  return lines.slice(begin, end).map((one) => one.slice(4));
}

function oneNight() {
  const told = toldSession();
  const { objects, lists } = told.cluster;
  lists.set('/api/v1/events', [
    {
      involvedObject: { kind: 'CronJob', namespace: 'shop', name: 'dump' },
      message: denied('node worker-3'),
      count: 2,
      lastTimestamp: '2026-01-05T22:00:12Z',
    },
  ]);
  lists.set(
    '/apis/velero.io/v1/podvolumebackups',
    ['22:00:31', '22:03:10', '22:07:02', '22:10:00'].map((time) => ({
      metadata: { namespace: 'velero', ownerReferences: [{ kind: 'Backup', name: BACKUP }] },
      status: { phase: 'Failed', message: denied('node worker-3'), completionTimestamp: `2026-01-05T${time}Z` },
    })),
  );
  objects.set(`/apis/velero.io/v1/namespaces/velero/backups/${BACKUP}`, { metadata: { labels } });
  objects.set('/apis/velero.io/v1/namespaces/velero/schedules/nightly', { metadata: { name: 'nightly' } });
  objects.set('/apis/batch/v1/namespaces/shop/cronjobs/dump', { metadata: { uid: 'u' } });
  const made = { creationTimestamp: '2026-01-05T23:30:04Z', ownerReferences: [{ uid: 'u' }] };
  lists.set('/apis/batch/v1/namespaces/shop/jobs', [{ metadata: { ...made, name: 'dump-29460840' } }]);
  return told;
}

test('what off prints', async () => {
  const { session } = oneNight();
  const makers = await refusalEventsRead(session.cluster).makers();
  const lines = keptOffLines({
    type: 'kept-off',
    nodes: ['worker-3'],
    work: keptOffIn([{ node: 'worker-3', since: '2026-01-05T20:00:00Z' }], [], makers),
    cronJobs: [{ name: 'shop/dump', state: 'woken', why: '', command: '' }],
    unreadable: undefined,
    expired: false,
  });
  expect(blockFrom('kept off worker-3 meanwhile:')).toEqual(lines);
});

test('what redo prints', async () => {
  const [listed, made] = [oneNight(), oneNight()];
  await runRedo(OPERATION, listed.session);
  made.cluster.say = () => answer(201);
  await runRedo({ ...OPERATION, what: [{ kind: 'Backup', namespace: 'velero', name: BACKUP }] }, made.session);
  expect(blockFrom('$ kubectl maint redo')).toEqual([
    '$ kubectl maint redo',
    ...listed.screen.results.flatMap((text) => text.split('\n')),
    ...listed.screen.notes,
    `$ kubectl maint redo backup/velero/${BACKUP}`,
    ...made.screen.results,
  ]);
});
