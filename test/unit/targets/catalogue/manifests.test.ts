import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { workFromObject, type WorkObject } from '../../../../shared/facts/work.ts';
import { classify, type Classification } from '../../../../shared/targets/classify.ts';
import { CATALOGUE, TOOLS } from '../../../../shared/targets/registry.ts';
import { documentsIn } from '../../../../shared/yaml/documents.ts';
import { documentsFrom } from '../../../../plugin/verbs/check/documents.ts';

/**
 * Real manifests of many projects, in a folder beside the project (or where MAINT_MANIFESTS says): `backup/<tool>`,
 * `scan/<tool>`, `addon/…` and `benign/…`. They are not part of the project; without them these tests have nothing to say.
 */
const FOLDER = process.env['MAINT_MANIFESTS'] ?? join(import.meta.dirname, '../../../../../shared/manifests');
const missing = !existsSync(FOLDER);
if (missing) process.stdout.write(`the manifests are not at ${FOLDER}: nothing is checked against them\n`);

interface Seen {
  readonly file: string;
  readonly object: WorkObject;
  readonly found: Classification;
}

const SEEN = missing ? [] : filesIn(FOLDER).flatMap(seenIn);

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function seenIn(path: string): readonly Seen[] {
  const file = relative(FOLDER, path);
  return [...documentsFrom({ name: file, text: readFileSync(path, 'utf8') }, documentsIn)].flatMap(({ content }) => {
    if (content.kind !== 'object') return [];
    const object = workFromObject(content.object);
    return [{ file, object, found: classify(object, CATALOGUE) }];
  });
}

/** Folders whose name is not their tool's id. */
const TOOL_OF_FOLDER: Readonly<Record<string, string>> = {
  'conventional-cronjob': 'conventional',
  'k3s-rke2': 'k3s-etcd',
  'kube-bench-talos': 'kube-bench',
  'rancher-cis': 'rancher-compliance',
  rook: 'csi-snapshot',
};

/** Kinds under backup/ and scan/ that start nothing: definitions, settings, what is backed up, what stands around. */
const NO_WORK: readonly string[] = [
  '/ConfigMap',
  '/Namespace',
  '/Service',
  '/ServiceAccount',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apps/DaemonSet',
  'apps/Deployment',
  'compliance.openshift.io/ScanSetting',
  'compliance.openshift.io/TailoredProfile',
  'k8up.io/PodConfig',
  'kuttl.dev/TestAssert',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'snapshot.storage.k8s.io/VolumeSnapshotClass',
];

/** Objects that are classified otherwise than their folder says, each for a reason. */
const EXCEPTIONS: readonly {
  readonly file: string;
  readonly kind: string;
  readonly is: string;
  readonly why: string;
}[] = [
  {
    file: 'backup/cloudnative-pg/cluster-example-with-backup.yaml',
    kind: 'postgresql.cnpg.io/Cluster',
    is: 'none null',
    why: 'a database with settings for its backups; the same file stands under benign',
  },
  {
    file: 'backup/k8up/worker.yaml',
    kind: '/PersistentVolumeClaim',
    is: 'none null',
    why: 'an empty claim of the application that is backed up; the same file stands under benign',
  },
  {
    file: 'backup/longhorn/recurring-filesystem-trim.yaml',
    kind: 'longhorn.io/RecurringJob',
    is: 'none null',
    why: 'its task is filesystem-trim: it copies nothing',
  },
  {
    file: 'backup/longhorn/recurring-snapshot-cleanup.yaml',
    kind: 'longhorn.io/RecurringJob',
    is: 'none null',
    why: 'its task is snapshot-delete: it copies nothing',
  },
  {
    file: 'backup/longhorn/restore_pvc_snapshot.yaml',
    kind: '/PersistentVolumeClaim',
    is: 'backup csi-snapshot',
    why: 'a claim restored from a CSI snapshot, whatever the driver; it does not say that this is Longhorn',
  },
  {
    file: 'backup/oadp/backup.yaml',
    kind: 'velero.io/Backup',
    is: 'backup velero',
    why: "the object is Velero's own kind, which OADP installs",
  },
  {
    file: 'backup/percona-postgresql/04-assert.yaml',
    kind: 'upstream.pgv2.percona.com/PostgresCluster',
    is: 'none null',
    why: 'the database itself, expected to exist by a test',
  },
  {
    file: 'backup/percona-postgresql/06-assert.yaml',
    kind: 'upstream.pgv2.percona.com/PostgresCluster',
    is: 'none null',
    why: 'the database itself, expected to exist by a test',
  },
  {
    file: 'scan/kubescape/rendered-cronjob-grype-offline-db.yaml',
    kind: 'batch/CronJob',
    is: 'none helm',
    why: 'restarts a Deployment so that it loads a newer database: nothing is scanned',
  },
];

test.runIf(!missing)('backups and scans that start work are known with the tool of their folder', () => {
  const starters = SEEN.filter(
    ({ file, object }) => /^(?:backup|scan)\//.test(file) && !NO_WORK.includes(object.groupKind),
  );
  const misses = starters.filter(({ file, found }) => {
    const [work, folder = ''] = file.split('/');
    return found.work !== work || found.tool !== (TOOL_OF_FOLDER[folder] ?? folder);
  });
  const rows = misses.map(({ file, object, found }) => ({
    file,
    kind: object.groupKind,
    is: `${found.work} ${found.tool}`,
  }));
  const reasons = new Map(EXCEPTIONS.map(({ file, kind, is, why }) => [`${file} ${kind} ${is}`, why]));
  const reasonFor = ({ file, kind, is }: (typeof rows)[number]) => reasons.get(`${file} ${kind} ${is}`);
  process.stdout.write(`${starters.length} objects start backups or scans; not as their folder says:\n`);
  for (const row of rows)
    process.stdout.write(`  ${row.file}: ${row.kind} is ${row.is}: ${reasonFor(row) ?? 'WHY?'}\n`);
  expect(rows.filter((row) => reasonFor(row) === undefined)).toEqual([]);
  expect(starters.length).toBeGreaterThan(60);
  expect([...reasons.keys()].sort()).toEqual(rows.map(({ file, kind, is }) => `${file} ${kind} ${is}`).sort());
});

test.runIf(!missing)('nothing benign is a backup or a scan, but for the counter-example', () => {
  const hits = SEEN.filter(({ file, found }) => file.startsWith('benign/') && ['backup', 'scan'].includes(found.work));
  expect(hits.map(({ file, found }) => `${file} ${found.work} ${found.tool}`)).toEqual([
    'benign/looks-like-scan/_counterexample-kube-bench-node.yaml scan kube-bench',
  ]);
});

test.runIf(!missing)('definitions, settings and requests of delivery tools are none', () => {
  const configuration = SEEN.filter(
    ({ file, object }) =>
      NO_WORK.includes(object.groupKind) || (file.startsWith('addon/') && object.kind !== 'DaemonSet'),
  ).filter(({ object }) => object.kind !== 'DaemonSet');
  expect(configuration.filter(({ found }) => found.work !== 'none').map(({ file }) => file)).toEqual([]);
  expect(configuration.length).toBeGreaterThan(150);
});

test.runIf(!missing)('a DaemonSet is an add-on wherever it stands', () => {
  const daemonSets = SEEN.filter(({ object }) => object.groupKind === 'apps/DaemonSet');
  expect(daemonSets.filter(({ found }) => found.work !== 'addon').map(({ file }) => file)).toEqual([]);
  expect(daemonSets.length).toBeGreaterThan(10);
});

/** Files that were made from a project's code instead of being published by it. */
const isMadeFromCode = (file: string) => /\/derived-[^/]+$/.test(file);

test.runIf(!missing)('the tools that are known from manifests are those that a published manifest was found of', () => {
  const published = SEEN.filter(({ file }) => !isMadeFromCode(file));
  const met = new Set(published.map(({ found }) => found.tool));
  const claimed = TOOLS.filter(({ known }) => known === 'manifests').map(({ id }) => id);
  expect(claimed).toEqual(TOOLS.map(({ id }) => id).filter((id) => met.has(id)));
});
