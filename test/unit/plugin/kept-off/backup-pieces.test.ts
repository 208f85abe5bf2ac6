import { expect, test } from 'vitest';
import { BACKUP_PIECES, readRefusedPieces, refusedPieceFrom } from '../../../../plugin/kept-off/backup-pieces.ts';
import { ClusterRefusal } from '../../../../shared/index.ts';
import { ToldCluster } from '../world.ts';

const BY_POLICY =
  'error exposing: pods "daily-1-x7k2p" is forbidden: ValidatingAdmissionPolicy \'backup.kubectl-maint.io\' with binding ' +
  "'backup.kubectl-maint.io' denied request: backup: pod is for node n1, which is in maintenance";
const BY_WEBHOOK = 'admission webhook "work.kubectl-maint.io" denied the request: backup: pod is for node n1';
const [MADE, ENDED] = ['2026-01-05T02:00:00Z', '2026-01-05T02:01:00Z'];

interface Piece {
  readonly phase?: string;
  readonly message?: string;
  readonly owner?: string;
  readonly completionTimestamp?: string | null;
}

const piece = ({
  phase = 'Failed',
  message = BY_POLICY,
  owner = 'Backup',
  completionTimestamp = ENDED,
}: Piece = {}) => ({
  metadata: {
    namespace: 'velero',
    creationTimestamp: MADE,
    ownerReferences: [
      { kind: 'Other', name: 'o' },
      { kind: owner, name: 'daily-1' },
    ],
  },
  status: { phase, message, completionTimestamp },
});
const refusal = { kind: 'Backup', namespace: 'velero', name: 'daily-1', message: BY_POLICY, count: 1, lastAt: ENDED };

test.each<[what: string, piece: object, told: object | undefined]>([
  ['one that a policy refused', piece(), refusal],
  ['one that the webhook refused', piece({ message: BY_WEBHOOK }), { ...refusal, message: BY_WEBHOOK }],
  ['one that does not say when it ended', piece({ completionTimestamp: null }), { ...refusal, lastAt: MADE }],
  ['one that failed by itself', piece({ message: 'no space left on device' }), undefined],
  ['one that somebody else refused', piece({ message: 'admission webhook "x.io" denied the request' }), undefined],
  ['one that was done after all', piece({ phase: 'Completed' }), undefined],
  ['one of no Backup', piece({ owner: 'Restore' }), undefined],
  ['something else', {}, undefined],
])('%s', (_what, object, told) => {
  expect(refusedPieceFrom(object)).toEqual(told);
});

test('they are listed in all namespaces; where there are none, or who may not list them, there are no refusals', async () => {
  const cluster = new ToldCluster();
  const [files = '', moved = ''] = BACKUP_PIECES;
  cluster.lists.set(files, [piece(), piece({ phase: 'Completed' })]);
  cluster.lists.set(moved, [piece({ message: BY_WEBHOOK })]);
  expect((await readRefusedPieces(cluster)).map(({ message }) => message)).toEqual([BY_POLICY, BY_WEBHOOK]);
  const unread: string[] = [];
  const failing = async (status: number) => {
    cluster.pages = () => {
      throw new ClusterRefusal({ status, reason: '', message: 'no', body: {} });
    };
    return readRefusedPieces(cluster, (what) => unread.push(what));
  };
  expect([await failing(404), await failing(403)]).toEqual([[], []]);
  // Nobody may list what is not served.
  expect(unread).toEqual([]);
  cluster.objects.set('/apis/velero.io', { kind: 'APIGroup' });
  expect(await failing(403)).toEqual([]);
  expect(unread).toEqual(['podvolumebackups', 'datauploads']);
  await expect(failing(500)).rejects.toThrow('no');
});
