import { describe, expect, test } from 'vitest';
import { supposedControllerUser } from '../../../../shared/facts/controllers.ts';
import { workFromObject } from '../../../../shared/facts/work.ts';
import { classify } from '../../../../shared/targets/classify.ts';
import { CATALOGUE, TOOLS } from '../../../../shared/targets/registry.ts';
import { FIELD } from './field.ts';
import { sketch } from './sketch.ts';

/** work, tool and role of an object. */
/** As it is written by a user; without one as it runs, made by who its owner says. */
function told(object: object, user?: string): string {
  const facts = workFromObject(object);
  const { work, tool, pattern } = classify(facts, CATALOGUE, user ?? supposedControllerUser(facts));
  return [work, tool ?? '-', pattern?.role ?? '-', pattern?.node.in ?? '-'].join(' ');
}

const PGO = 'postgres-operator.crunchydata.com';
const TRIVY = 'system:serviceaccount:trivy-system:trivy-operator';

/** Per tool: what it makes, and what only looks like it. */
const KNOWN: Readonly<Record<string, readonly (readonly [object, string])[]>> = {
  ...FIELD,
  velero: [
    [sketch('velero.io/PodVolumeBackup'), 'backup velero leaf field'],
    [sketch('velero.io/PodVolumeRestore'), 'backup velero leaf object'],
    [sketch('velero.io/Backup'), 'backup velero root pods'],
    [sketch('velero.io/Restore'), 'backup velero root pods'],
    [sketch('velero.io/DataUpload'), 'backup velero root pods'],
    [sketch('velero.io/DataDownload'), 'backup velero root pods'],
    [sketch('velero.io/Schedule'), 'backup velero schedule pods'],
    [sketch('velero.io/BackupStorageLocation'), 'none - - -'],
    [sketch('/Pod', { labels: { 'velero.io/pod-volume-backup': 'b' } }), 'backup velero leaf pods'],
    [sketch('/Pod', { labels: { 'velero.io/data-upload': 'b' } }), 'backup velero leaf pods'],
    [sketch('/Pod', { labels: { 'velero.io/data-download': 'b' } }), 'backup velero leaf pods'],
    [sketch('/Pod', { owner: 'velero.io/DataUpload' }), 'backup velero leaf pods'],
    [sketch('batch/Job', { labels: { 'velero.io/repo-name': 'r' } }), 'backup velero leaf pods'],
    // Stamped on every restored application object.
    [sketch('/Pod', { labels: { 'velero.io/backup-name': 'b', 'velero.io/restore-name': 'r' } }), 'none - - -'],
    [sketch('apps/DaemonSet', { name: 'node-agent', labels: { component: 'velero' } }), 'addon daemonset - -'],
    [sketch('apps/Deployment', { image: 'velero/velero:v1', run: ['/velero', 'server'] }), 'none - - -'],
  ],
  k8up: [
    [sketch('batch/Job', { labels: { k8upjob: 'true' } }), 'backup k8up leaf pods'],
    [sketch('k8up.io/Backup'), 'backup k8up leaf pods-with-claims'],
    [sketch('k8up.io/Restore'), 'backup k8up root pods'],
    [sketch('k8up.io/Schedule'), 'backup k8up schedule pods'],
    [sketch('apps/Deployment', { labels: { 'k8up.io/backupCommandPod': 'true' } }), 'backup k8up leaf pods'],
    [sketch('apps/Deployment', { annotations: { 'k8up.io/backupcommand': 'dump' } }), 'none - - -'],
    [sketch('k8up.io/PodConfig'), 'none - - -'],
  ],
  longhorn: [
    [sketch('longhorn.io/Backup'), 'backup longhorn leaf object'],
    [sketch('longhorn.io/SystemRestore'), 'backup longhorn root pods'],
    [sketch('longhorn.io/RecurringJob', { spec: { task: 'backup' } }), 'backup longhorn schedule pods'],
    [sketch('longhorn.io/RecurringJob', { spec: { task: 'filesystem-trim' } }), 'none - - -'],
    [
      sketch('batch/Job', {
        labels: { 'recurring-job.longhorn.io': 'r', 'longhorn.io/managed-by': 'longhorn-manager' },
      }),
      'backup longhorn leaf pods',
    ],
    [
      sketch('batch/Job', { name: 'longhorn-system-rollout-r', image: 'longhornio/longhorn-manager:v1.9' }),
      'backup longhorn leaf pods',
    ],
    [sketch('longhorn.io/BackupTarget'), 'none - - -'],
    [sketch('longhorn.io/Volume'), 'none - - -'],
  ],
  'cloudnative-pg': [
    [sketch('postgresql.cnpg.io/Backup'), 'backup cloudnative-pg leaf pods-labelled'],
    [sketch('postgresql.cnpg.io/ScheduledBackup'), 'backup cloudnative-pg schedule pods'],
    [
      sketch('postgresql.cnpg.io/Cluster', { spec: { bootstrap: { recovery: {} } } }),
      'backup cloudnative-pg root pods',
    ],
    [sketch('postgresql.cnpg.io/Cluster', { spec: { backup: {} } }), 'none - - -'],
    [sketch('batch/Job', { labels: { 'cnpg.io/jobRole': 'full-recovery' } }), 'backup cloudnative-pg leaf pods'],
    [sketch('batch/Job', { labels: { 'cnpg.io/jobRole': 'join' } }), 'none - - -'],
  ],
  volsync: [
    [
      sketch('batch/Job', { name: 'volsync-src-x', labels: { 'app.kubernetes.io/created-by': 'volsync' } }),
      'backup volsync leaf pods',
    ],
    [sketch('batch/Job', { name: 'wipe', labels: { 'app.kubernetes.io/created-by': 'volsync' } }), 'none - - -'],
    [sketch('batch/Job', { owner: 'volsync.backube/ReplicationSource' }), 'backup volsync leaf pods'],
    [sketch('volsync.backube/ReplicationSource'), 'backup volsync root pods'],
    [sketch('apps/Deployment', { labels: { 'app.kubernetes.io/created-by': 'volsync' } }), 'none - - -'],
  ],
  kubestash: [
    [sketch('batch/Job', { labels: { 'kubestash.com/invoker-name': 'b' } }), 'backup kubestash leaf pods'],
    [sketch('core.kubestash.com/BackupSession'), 'backup kubestash root pods'],
    [sketch('core.kubestash.com/BackupConfiguration'), 'backup kubestash schedule pods'],
    [sketch('storage.kubestash.com/Repository'), 'none - - -'],
  ],
  stash: [
    [
      sketch('batch/Job', { labels: { app: 'stash', 'stash.appscode.com/invoker-name': 'b' } }),
      'backup stash leaf pods',
    ],
    [sketch('batch/CronJob', { name: 'stash-trigger-a', image: 'stashed/stash:v1' }), 'backup stash schedule pods'],
    [sketch('batch/Job', { name: 'stash-backup-a' }), 'none - - -'],
    [sketch('stash.appscode.com/RestoreSession'), 'backup stash root pods'],
    [sketch('stash.appscode.com/BackupBlueprint'), 'none - - -'],
  ],
  'mariadb-operator': [
    [sketch('batch/Job', { owner: 'k8s.mariadb.com/PhysicalBackup' }), 'backup mariadb-operator leaf pods'],
    [sketch('batch/CronJob', { owner: 'k8s.mariadb.com/Backup' }), 'backup mariadb-operator schedule pods'],
    [sketch('k8s.mariadb.com/Restore'), 'backup mariadb-operator root pods'],
    [sketch('batch/Job', { owner: 'k8s.mariadb.com/MariaDB' }), 'none - - -'],
  ],
  'percona-xtradb': [
    [sketch('batch/Job', { labels: { 'percona.com/backup-type': 'cron' } }), 'backup percona-xtradb leaf pods'],
    [sketch('batch/Job', { labels: { 'percona.com/restore-job-name': 'r' } }), 'backup percona-xtradb leaf pods'],
    [sketch('batch/Job', { labels: { type: 'xtrabackup', 'backup-name': 'b' } }), 'backup percona-xtradb leaf pods'],
    [sketch('/Pod', { owner: 'pxc.percona.com/PerconaXtraDBClusterRestore' }), 'backup percona-xtradb leaf pods'],
    [sketch('pxc.percona.com/PerconaXtraDBClusterBackup'), 'backup percona-xtradb root pods'],
    [sketch('pxc.percona.com/PerconaXtraDBCluster'), 'none - - -'],
  ],
  'percona-mongodb': [
    [sketch('psmdb.percona.com/PerconaServerMongoDBBackup'), 'backup percona-mongodb leaf pods-labelled'],
    [sketch('psmdb.percona.com/PerconaServerMongoDB'), 'none - - -'],
    [
      sketch('/Pod', {
        owner: 'apps/StatefulSet',
        image: 'percona/percona-server-mongodb-operator',
        run: ['pbm-agent'],
      }),
      'none - - -',
    ],
    [
      sketch('batch/Job', { image: 'percona/percona-server-mongodb-operator:b', run: ['/backup-restorer.sh'] }),
      'backup percona-mongodb leaf pods',
    ],
  ],
  'percona-postgresql': [
    [sketch('pgv2.percona.com/PerconaPGBackup'), 'backup percona-postgresql root pods'],
    [sketch('pgv2.percona.com/PerconaPGRestore'), 'backup percona-postgresql root pods'],
    [sketch('pgv2.percona.com/PerconaPGRestore', { status: { state: 'Succeeded' } }), 'none - - -'],
    [
      sketch('batch/Job', {
        owner: 'pgv2.percona.com/PerconaPGBackup',
        labels: { [`${PGO}/pgbackrest-backup`]: 'manual' },
      }),
      'backup percona-postgresql leaf pods',
    ],
    [
      sketch('batch/Job', {
        owner: 'pgv2.percona.com/PerconaPGBackup',
        labels: { [`${PGO}/pgbackrest-backup`]: 'replica-create' },
      }),
      'none - - -',
    ],
  ],
  'other-operators': [
    [
      sketch('batch/Job', { name: 'a-1', owner: 'x.io/DBBackup', run: ['agent', 'backup'] }),
      'backup other-operators leaf pods',
    ],
    [
      sketch('batch/CronJob', { name: 'backup-a', owner: 'x.io/BackupSchedule' }),
      'backup other-operators schedule pods',
    ],
    [sketch('/Pod', { owner: 'x.io/Restore', image: 'x/y-restore:1' }), 'backup other-operators leaf pods'],
    [sketch('batch/Job', { name: 'scan-a', owner: 'x.io/ScanRequest' }), 'scan other-operators leaf pods'],
    [sketch('batch/Job', { name: 'a-1', owner: 'x.io/Backup' }), 'none - - -'],
    [sketch('batch/Job', { name: 'scan-a', owner: 'x.io/Backup' }), 'none - - -'],
    [sketch('batch/Job', { name: 'backup-a', owner: 'x.io/BackupStorage' }), 'none - - -'],
    [sketch('batch/Job', { name: 'backup-a', owner: 'batch/CronJob' }), 'none - - -'],
    // What a listed operator makes for a request of its own, its own file knows.
    [sketch('batch/Job', { name: 'backup-a', owner: 'k8s.mariadb.com/Restore' }), 'backup mariadb-operator leaf pods'],
    [sketch('batch/Job', { name: 'backup-a', owner: 'pgv2.percona.com/PerconaPGBackup' }), 'none - - -'],
    [sketch('apps/Deployment', { name: 'backup-a', owner: 'x.io/Backup' }), 'none - - -'],
  ],
  'crunchy-pgo': [
    [sketch('batch/Job', { labels: { [`${PGO}/pgbackrest-backup`]: 'manual' } }), 'backup crunchy-pgo leaf pods'],
    [sketch('batch/Job', { labels: { [`${PGO}/pgbackrest-backup`]: 'replica-create' } }), 'none - - -'],
    [
      sketch('batch/CronJob', { labels: { [`${PGO}/pgbackrest-cronjob`]: 'full' } }),
      'backup crunchy-pgo schedule pods',
    ],
    [sketch('batch/Job', { labels: { [`${PGO}/pgbackrest-restore`]: '' } }), 'backup crunchy-pgo leaf pods'],
    [sketch(`${PGO}/PostgresCluster`), 'none - - -'],
  ],
  'etcd-druid': [
    [
      sketch('batch/Job', {
        labels: {
          'app.kubernetes.io/managed-by': 'etcd-druid',
          'app.kubernetes.io/component': 'etcd-snapshot-compaction-job',
        },
      }),
      'backup etcd-druid leaf pods',
    ],
    [sketch('druid.gardener.cloud/EtcdCopyBackupsTask'), 'backup etcd-druid root pods'],
    [
      sketch('druid.gardener.cloud/EtcdOpsTask', { spec: { config: { onDemandSnapshot: {} } } }),
      'backup etcd-druid root pods',
    ],
    [sketch('druid.gardener.cloud/EtcdOpsTask', { spec: { config: {} } }), 'none - - -'],
  ],
  'openshift-etcd': [
    [sketch('batch/Job', { labels: { app: 'cluster-backup-job' } }), 'backup openshift-etcd leaf pods'],
    [sketch('batch/CronJob', { labels: { app: 'cluster-backup-cronjob' } }), 'backup openshift-etcd schedule pods'],
    [sketch('operator.openshift.io/EtcdBackup'), 'backup openshift-etcd root pods'],
    [sketch('config.openshift.io/Backup'), 'backup openshift-etcd schedule pods'],
  ],
  'k3s-etcd': [[sketch('k3s.cattle.io/ETCDSnapshotFile'), 'backup k3s-etcd schedule field']],
  'rancher-backup': [
    [sketch('resources.cattle.io/Restore'), 'backup rancher-backup root pods'],
    [sketch('resources.cattle.io/ResourceSet'), 'none - - -'],
  ],
  'talos-backup': [
    [sketch('batch/CronJob', { run: ['/talos-backup'] }), 'backup talos-backup schedule pods'],
    [sketch('batch/Job', { image: 'ghcr.io/siderolabs/talos-backup:v1' }), 'backup talos-backup leaf pods'],
  ],
  'csi-snapshot': [
    [sketch('snapshot.storage.k8s.io/VolumeSnapshot'), 'backup csi-snapshot root pods'],
    [sketch('snapshot.storage.k8s.io/VolumeSnapshotClass'), 'none - - -'],
    [
      sketch('/PersistentVolumeClaim', {
        spec: { dataSource: { kind: 'VolumeSnapshot', apiGroup: 'snapshot.storage.k8s.io' } },
      }),
      'backup csi-snapshot root pods',
    ],
    [sketch('/PersistentVolumeClaim', { spec: { dataSource: { kind: 'PersistentVolumeClaim' } } }), 'none - - -'],
  ],
  'csi-addons': [[sketch('replication.storage.openshift.io/VolumeReplication'), 'backup csi-addons root pods']],
  kasten: [
    [sketch('actions.kio.kasten.io/BackupAction'), 'backup kasten root pods'],
    [sketch('config.kio.kasten.io/Policy'), 'none - - -'],
  ],
  kanister: [
    [sketch('/Pod', { name: 'kanister-job-a', labels: { createdBy: 'kanister' } }), 'backup kanister leaf pods'],
    [sketch('/Pod', { name: 'kanister-job-a' }), 'none - - -'],
    [sketch('cr.kanister.io/ActionSet'), 'backup kanister root pods'],
    [sketch('cr.kanister.io/Blueprint'), 'none - - -'],
  ],
  tidb: [
    [sketch('br.pingcap.com/Backup'), 'backup tidb root pods'],
    [sketch('br.pingcap.com/BackupSchedule'), 'backup tidb schedule pods'],
    [sketch('batch/Job', { owner: 'br.pingcap.com/Restore' }), 'backup tidb leaf pods'],
  ],
  oadp: [[sketch('oadp.openshift.io/NonAdminBackup'), 'backup oadp root pods']],
  trilio: [
    [sketch('triliovault.trilio.io/Backup'), 'backup trilio root pods'],
    [sketch('triliovault.trilio.io/BackupPlan'), 'none - - -'],
  ],
  conventional: [
    [
      sketch('batch/CronJob', { name: 'backup-daily', run: ['/bin/sh', '/scripts/backup.sh'] }),
      'backup conventional schedule pods',
    ],
    [
      sketch('batch/Job', {
        name: 'pg-backup-1',
        run: ['sh', '-ec', 'set -o pipefail; PGPASSWORD=x pg_dump db | gzip'],
      }),
      'backup conventional leaf pods',
    ],
    [sketch('/Pod', { name: 'restic-nightly', run: ['restic', 'backup', '/'] }), 'backup conventional leaf pods'],
    [sketch('/Pod', { name: 'restic-nightly', run: ['restic', 'forget'] }), 'none - - -'],
    [
      sketch('batch/Job', { name: 'volume-backup', image: 'offen/docker-volume-backup:v2' }),
      'backup conventional leaf pods',
    ],
    [
      sketch('batch/Job', { name: 'etcd-backup', run: ['kubectl', 'create', '-f', '/backup.yaml'] }),
      'backup conventional root pods',
    ],
    [sketch('batch/Job', { name: 'backup-daily', run: ['echo', 'pg_dump'] }), 'none - - -'],
    [sketch('batch/Job', { name: 'migrate', run: ['pg_dump', 'db'] }), 'none - - -'],
    // A program that copies data all day in a sidecar is a service.
    [sketch('/Pod', { name: 'backup-0', owner: 'apps/StatefulSet', run: ['restic'] }), 'none - - -'],
    [sketch('apps/Deployment', { name: 'backup', image: 'kopia/kopia', run: ['kopia', 'server'] }), 'none - - -'],
  ],
  'kube-bench': [
    [sketch('apps/DaemonSet', { run: ['sh', '-c', 'kube-bench run; sleep 1d'] }), 'scan kube-bench leaf pods'],
    [sketch('/Pod', { owner: 'apps/DaemonSet', image: 'aquasec/kube-bench' }), 'addon daemonset - -'],
    [sketch('batch/Job', { image: 'docker.io/aquasec/kube-bench:v1' }), 'scan kube-bench leaf pods'],
    [sketch('/Pod', { run: ['sh', '-c', 'cd / && /usr/bin/kube-bench run > out'] }), 'scan kube-bench leaf pods'],
    [sketch('batch/Job', { name: 'kube-bench' }), 'none - - -'],
    [sketch('batch/Job', { run: ['kubectl', 'delete', 'job', 'kube-bench'] }), 'none - - -'],
  ],
  'kube-hunter': [
    [sketch('batch/Job', { run: ['python', 'kube-hunter.py', '--pod'] }), 'scan kube-hunter leaf pods'],
    [sketch('batch/CronJob', { image: 'aquasec/kube-hunter:0.6.8' }), 'scan kube-hunter schedule pods'],
  ],
  sonobuoy: [
    [sketch('/Pod', { labels: { 'sonobuoy-component': 'aggregator' } }), 'scan sonobuoy leaf pods'],
    [sketch('apps/DaemonSet', { labels: { 'sonobuoy-run': 'a' } }), 'scan sonobuoy leaf pods'],
    [sketch('/Service', { labels: { 'sonobuoy-component': 'aggregator' } }), 'none - - -'],
  ],
  'trivy-operator': [
    [
      sketch('batch/Job', {
        labels: { 'app.kubernetes.io/managed-by': 'trivy-operator', 'vulnerabilityReport.scanner': 'Trivy' },
      }),
      'scan trivy-operator leaf pods',
    ],
    [
      sketch('batch/Job', { name: 'scan-vulnerabilityreport-ab', image: 'nginx', run: ['/var/x/trivy', 'fs', '/'] }),
      'scan trivy-operator leaf pods',
    ],
    [sketch('batch/Job', { labels: { 'node-info.collector': 'Trivy' } }), 'scan trivy-operator leaf pods'],
    [sketch('/Secret', { name: 'scan-vulnerabilityreport-ab-regcred' }), 'none - - -'],
    [sketch('aquasecurity.github.io/VulnerabilityReport'), 'none - - -'],
  ],
  trivy: [
    [
      sketch('batch/CronJob', { image: 'aquasec/trivy:1', run: ['trivy', 'k8s', '--report=all'] }),
      'scan trivy schedule pods',
    ],
    [
      sketch('/Pod', { owner: 'tekton.dev/TaskRun', image: 'aquasec/trivy', run: ['trivy', 'image', 'a'] }),
      'none - - -',
    ],
    [sketch('apps/StatefulSet', { image: 'aquasec/trivy', run: ['trivy', 'server'] }), 'none - - -'],
    [sketch('/Pod', { owner: 'apps/StatefulSet', image: 'aquasec/trivy', run: ['trivy', 'server'] }), 'none - - -'],
  ],
  starboard: [
    [sketch('batch/Job', { labels: { 'starboard.resource.kind': 'Node' } }), 'scan starboard leaf pods'],
    [sketch('batch/Job', { name: 'scan-cisbenchmark-a', image: 'aquasec/kube-bench' }), 'scan starboard leaf pods'],
    [sketch('aquasecurity.github.io/CISKubeBenchReport'), 'none - - -'],
  ],
  kubescape: [
    [
      sketch('batch/CronJob', {
        labels: { 'armo.tier': 'kubescape-scan' },
        image: 'quay.io/kubescape/http-request:v0',
      }),
      'scan kubescape schedule pods',
    ],
    [sketch('batch/Job', { labels: { 'armo.tier': 'vuln-scan' }, image: 'quay.io/kubescape/kubectl:1' }), 'none - - -'],
    [sketch('batch/Job', { run: ['/bin/sh', '-c', 'kubescape scan framework nsa'] }), 'scan kubescape leaf pods'],
    [sketch('kubescape.io/OperatorCommand'), 'scan kubescape root pods'],
    [sketch('apps/DaemonSet', { labels: { 'armo.tier': 'vuln-scan' } }), 'addon daemonset - -'],
  ],
  'compliance-operator': [
    [
      sketch('/Pod', { labels: { 'compliance.openshift.io/scan-name': 's', workload: 'scanner' } }),
      'scan compliance-operator leaf pods',
    ],
    [sketch('batch/CronJob', { labels: { workload: 'suitererunner' } }), 'scan compliance-operator schedule pods'],
    [sketch('compliance.openshift.io/ComplianceSuite'), 'scan compliance-operator root pods'],
    [sketch('compliance.openshift.io/ScanSetting'), 'none - - -'],
    [sketch('compliance.openshift.io/TailoredProfile'), 'none - - -'],
  ],
  'rancher-compliance': [
    [sketch('compliance.cattle.io/ClusterScan'), 'scan rancher-compliance root pods'],
    [sketch('cis.cattle.io/ClusterScan'), 'scan rancher-compliance root pods'],
    [sketch('cis.cattle.io/ClusterScanProfile'), 'none - - -'],
    [sketch('batch/Job', { labels: { 'compliance.cattle.io/scan': 's' } }), 'scan rancher-compliance leaf pods'],
  ],
  diki: [
    [sketch('batch/Job', { labels: { 'compliancescan.diki.gardener.cloud/name': 's' } }), 'scan diki leaf pods'],
    [sketch('diki.gardener.cloud/ComplianceScan'), 'scan diki root pods'],
    [sketch('diki.gardener.cloud/ScheduledComplianceScan'), 'scan diki schedule pods'],
  ],
  popeye: [[sketch('batch/CronJob', { run: ['/bin/popeye', '-o', 'html'] }), 'scan popeye schedule pods']],
  syft: [
    [sketch('batch/Job', { name: 'syft-1', image: 'docker.io/anchore/syft:v1' }), 'scan syft leaf pods'],
    [sketch('batch/Job', { name: 'syft-1', image: 'anchore/syft:v1', run: ['make'] }), 'none - - -'],
  ],
  grype: [
    [sketch('batch/Job', { name: 'sbom-scan', run: ['grype', 'dir:/'] }), 'scan grype leaf pods'],
    [sketch('batch/Job', { run: ['grype', 'dir:/'] }), 'none - - -'],
  ],
  'other-scanners': [
    [sketch('batch/CronJob', { run: ['lynis', 'audit', 'system'] }), 'scan other-scanners schedule pods'],
    [sketch('batch/Job', { name: 'web-scan', run: ['nuclei', '-u', 'x'] }), 'scan other-scanners leaf pods'],
    [sketch('batch/Job', { name: 'nuclei', run: ['nuclei', '-update-templates'] }), 'none - - -'],
    [sketch('batch/Job', { name: 'ports', run: ['nmap', 'db'] }), 'none - - -'],
  ],
  palette: [
    [sketch('cluster.spectrocloud.com/Audit'), 'scan palette root pods'],
    [sketch('cluster.spectrocloud.com/Pack'), 'none palette - -'],
  ],
  helm: [
    [sketch('apps/Deployment', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }), 'none helm - -'],
    [sketch('apps/DaemonSet', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }), 'addon helm - -'],
    [sketch('/ConfigMap', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }), 'none - - -'],
  ],
  flux: [
    [sketch('helm.toolkit.fluxcd.io/HelmRelease'), 'none flux - -'],
    [
      sketch('apps/DaemonSet', {
        labels: { 'app.kubernetes.io/managed-by': 'Helm', 'helm.toolkit.fluxcd.io/name': 'r' },
      }),
      'addon flux - -',
    ],
  ],
  argocd: [
    [sketch('argoproj.io/Application'), 'none argocd - -'],
    [sketch('apps/StatefulSet', { annotations: { 'argocd.argoproj.io/tracking-id': 'a:b' } }), 'none argocd - -'],
    [sketch('apps/StatefulSet', { labels: { 'app.kubernetes.io/instance': 'a' } }), 'none - - -'],
  ],
  'k3s-helm': [
    [sketch('batch/Job', { labels: { 'helmcharts.helm.cattle.io/chart': 'traefik' } }), 'none k3s-helm - -'],
    [sketch('helm.cattle.io/HelmChart'), 'none k3s-helm - -'],
  ],
  'cluster-api-addons': [[sketch('addons.cluster.x-k8s.io/HelmChartProxy'), 'none cluster-api-addons - -']],
  'addon-manager': [
    [
      sketch('apps/DaemonSet', { labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' } }),
      'addon addon-manager - -',
    ],
  ],
  olm: [[sketch('apps/Deployment', { labels: { 'olm.owner': 'csv' } }), 'none olm - -']],
  sveltos: [
    [sketch('apps/DaemonSet', { annotations: { 'projectsveltos.io/deploymenttype': 'Helm' } }), 'addon sveltos - -'],
  ],
  kubevela: [[sketch('core.oam.dev/Application'), 'none kubevela - -']],
  fleet: [[sketch('apps/DaemonSet', { annotations: { 'fleet.cattle.io/bundle-id': 'b' } }), 'addon fleet - -']],
  carvel: [[sketch('apps/Deployment', { labels: { 'kapp.k14s.io/app': '1' } }), 'none carvel - -']],
  crossplane: [[sketch('helm.crossplane.io/Release'), 'none crossplane - -']],
  'provider-addons': [
    [sketch('apps/DaemonSet', { labels: { 'kubernetes.azure.com/managedby': 'aks' } }), 'addon provider-addons - -'],
  ],
};

test('every tool has sketches, and every id is said once', () => {
  expect(Object.keys(KNOWN).sort()).toEqual(TOOLS.map(({ id }) => id).sort());
});

describe.each(Object.entries(KNOWN))('%s', (id, rows) => {
  test.each(rows.map(([object, expected]) => ({ object, expected })))(
    '$expected: $object.kind',
    ({ object, expected }) => {
      expect(told(object)).toBe(expected);
    },
  );

  test('at least one of them is its own', () => {
    expect(rows.some(([, expected]) => expected.split(' ')[1] === id)).toBe(true);
  });
});

test('credentials for a scan are known by their name and by who writes them', () => {
  const secret = sketch('/Secret', { name: 'scan-vulnerabilityreport-7d5f-regcred' });
  expect(told(secret, TRIVY)).toBe('scan trivy-operator leaf pods');
  expect(told(secret, 'system:serviceaccount:default:deployer')).toBe('none - - -');
  expect(told(sketch('/Secret', { name: 'regcred' }), TRIVY)).toBe('none - - -');
});

test('a label of the user speaks where no tool does; it counts on what runs', () => {
  const label = (work: string) => ({ labels: { 'kubectl-maint.io/work': work } });
  expect(told(sketch('batch/Job', label('backup')))).toBe('backup labelled leaf pods');
  expect(told(sketch('batch/CronJob', label('scan')))).toBe('scan labelled schedule pods');
  expect(told(sketch('apps/Deployment', label('addon')))).toBe('addon labelled - -');
  expect(told(sketch('apps/Deployment', label('lunch')))).toBe('none - - -');
  const dump = { name: 'backup-orders', run: ['pg_dump', 'orders'] };
  expect(told(sketch('batch/Job', { ...dump, ...label('backup') }))).toBe('backup labelled leaf pods');
  expect(told(sketch('batch/Job', dump))).toBe('backup conventional leaf pods');
  // No label takes a scan out of the rule for scans.
  const bench = { image: 'aquasec/kube-bench' };
  expect(told(sketch('batch/Job', { ...bench, ...label('backup') }))).toBe('scan kube-bench leaf pods');
  expect(told(sketch('batch/Job', { ...bench, ...label('addon') }))).toBe('scan kube-bench leaf pods');
});

test('no pattern knows its work by name alone, or by nothing', () => {
  const weak = CATALOGUE.patterns.filter(({ strength }) => strength < 2);
  expect(weak).toEqual([]);
});
