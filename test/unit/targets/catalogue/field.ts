import { sketch } from './sketch.ts';

/** Per tool of databases, storage and scanners: what it makes, and what only looks like it; see tools.test.ts. */
export const FIELD: Readonly<Record<string, readonly (readonly [object, string])[]>> = {
  'zalando-postgres': [
    [sketch('batch/Job', { labels: { application: 'spilo-logical-backup' } }), 'backup zalando-postgres leaf pods'],
    [
      sketch('batch/CronJob', { labels: { application: 'spilo-logical-backup' } }),
      'backup zalando-postgres schedule pods',
    ],
    [sketch('/Pod', { labels: { application: 'spilo' } }), 'none - - -'],
  ],
  moco: [
    [
      sketch('batch/Job', {
        labels: { 'app.kubernetes.io/name': 'mysql-backup', 'app.kubernetes.io/created-by': 'moco' },
      }),
      'backup moco leaf pods',
    ],
    [
      sketch('batch/Job', { labels: { 'app.kubernetes.io/name': 'mysql', 'app.kubernetes.io/created-by': 'moco' } }),
      'none - - -',
    ],
  ],
  kubegres: [
    [
      sketch('batch/Job', { name: 'backup-orders-1', run: ['sh', '-c', '/tmp/backup_database.sh'] }),
      'backup kubegres leaf pods',
    ],
    [sketch('batch/Job', { name: 'orders-1', run: ['psql'] }), 'none - - -'],
  ],
  stackgres: [
    [sketch('batch/Job', { labels: { 'stackgres.io/scheduled-backup': 'true' } }), 'backup stackgres leaf pods'],
    [sketch('batch/Job', { owner: 'stackgres.io/SGBackup' }), 'backup stackgres leaf pods'],
    [sketch('stackgres.io/SGBackup'), 'backup stackgres root pods'],
  ],
  'percona-mysql': [
    [sketch('batch/Job', { owner: 'ps.percona.com/PerconaServerMySQLBackup' }), 'backup percona-mysql leaf pods'],
    [sketch('ps.percona.com/PerconaServerMySQLRestore'), 'backup percona-mysql root pods'],
    [sketch('ps.percona.com/PerconaServerMySQL'), 'none - - -'],
  ],
  'oracle-mysql': [
    [sketch('batch/Job', { owner: 'mysql.oracle.com/MySQLBackup' }), 'backup oracle-mysql leaf pods'],
    [sketch('mysql.oracle.com/MySQLBackup'), 'backup oracle-mysql root pods'],
    [sketch('mysql.oracle.com/InnoDBCluster'), 'none - - -'],
  ],
  'bitpoke-mysql': [
    [sketch('batch/Job', { owner: 'mysql.presslabs.org/MysqlBackup' }), 'backup bitpoke-mysql leaf pods'],
    [sketch('mysql.presslabs.org/MysqlBackup'), 'backup bitpoke-mysql root pods'],
    [sketch('mysql.presslabs.org/MysqlCluster'), 'none - - -'],
  ],
  'etcd-operator': [
    [sketch('batch/Job', { owner: 'etcd.aenix.io/EtcdBackup' }), 'backup etcd-operator leaf pods'],
    [sketch('etcd.aenix.io/EtcdBackup'), 'backup etcd-operator root pods'],
  ],
  kopiur: [
    [sketch('batch/Job', { owner: 'kopiur.home-operations.com/Snapshot' }), 'backup kopiur leaf pods'],
    [sketch('kopiur.home-operations.com/RepositoryReplication'), 'backup kopiur root pods'],
    [sketch('kopiur.home-operations.com/SnapshotPolicy'), 'none - - -'],
    [sketch('kopiur.home-operations.com/SnapshotSchedule'), 'backup kopiur schedule pods'],
  ],
  awx: [
    [sketch('/Pod', { owner: 'awx.ansible.com/AWXBackup' }), 'backup awx leaf pods'],
    [sketch('awx.ansible.com/AWXRestore'), 'backup awx root pods'],
    [sketch('awx.ansible.com/AWX'), 'none - - -'],
  ],
  'trident-protect': [
    [sketch('batch/Job', { owner: 'protect.trident.netapp.io/KopiaVolumeBackup' }), 'backup trident-protect leaf pods'],
    [sketch('protect.trident.netapp.io/SnapshotInplaceRestore'), 'backup trident-protect root pods'],
    [sketch('protect.trident.netapp.io/AppVault'), 'none - - -'],
  ],
  vitess: [
    [sketch('/Pod', { labels: { 'backup.planetscale.com/type': 'update' } }), 'backup vitess leaf pods'],
    [sketch('/Pod', { labels: { 'backup.planetscale.com/type': 'init' } }), 'none - - -'],
    [sketch('batch/Job', { owner: 'planetscale.com/VitessBackupSchedule' }), 'backup vitess leaf pods'],
    [sketch('planetscale.com/VitessBackupSchedule'), 'backup vitess schedule pods'],
  ],
  kubeblocks: [
    [
      sketch('batch/Job', { labels: { 'dataprotection.kubeblocks.io/backup-name': 'b' } }),
      'backup kubeblocks leaf pods',
    ],
    [sketch('batch/Job', { owner: 'dataprotection.kubeblocks.io/Restore' }), 'backup kubeblocks leaf pods'],
    [sketch('dataprotection.kubeblocks.io/BackupSchedule'), 'backup kubeblocks schedule pods'],
    [sketch('dataprotection.kubeblocks.io/BackupRepo'), 'none - - -'],
  ],
  k8ssandra: [
    [sketch('medusa.k8ssandra.io/MedusaBackupJob'), 'backup k8ssandra root pods'],
    [sketch('medusa.k8ssandra.io/MedusaBackupSchedule'), 'backup k8ssandra schedule pods'],
    [sketch('medusa.k8ssandra.io/MedusaConfiguration'), 'none - - -'],
  ],
  arangodb: [
    [sketch('backup.arangodb.com/ArangoBackup'), 'backup arangodb root pods'],
    [sketch('backup.arangodb.com/ArangoBackupPolicy'), 'backup arangodb schedule pods'],
  ],
  yugabytedb: [
    [sketch('operator.yugabyte.io/Backup'), 'backup yugabytedb root pods'],
    [sketch('operator.yugabyte.io/BackupSchedule'), 'backup yugabytedb schedule pods'],
    [sketch('operator.yugabyte.io/StorageConfig'), 'none - - -'],
  ],
  kubevirt: [
    [sketch('snapshot.kubevirt.io/VirtualMachineSnapshot'), 'backup kubevirt root pods'],
    [sketch('kubevirt.io/VirtualMachineInstance'), 'none - - -'],
  ],
  'giantswarm-etcd': [
    [
      sketch('batch/Job', { image: 'giantswarm/etcd-backup-operator:5', run: ['create-cr.sh'] }),
      'backup giantswarm-etcd leaf pods',
    ],
    [sketch('apps/Deployment', { image: 'giantswarm/etcd-backup-operator:5' }), 'none - - -'],
    [sketch('backup.giantswarm.io/ETCDBackup'), 'backup giantswarm-etcd root pods'],
  ],
  stork: [
    [sketch('batch/Job', { labels: { 'kdmp.portworx.com/driver-name': 'kopiabackup' } }), 'backup stork leaf pods'],
    [sketch('batch/Job', { labels: { 'kdmp.portworx.com/driver-name': 'kopiadelete' } }), 'none - - -'],
    [sketch('stork.libopenstorage.org/ApplicationBackup'), 'backup stork root pods'],
    [sketch('stork.libopenstorage.org/BackupLocation'), 'none - - -'],
  ],
  couchbase: [
    [
      sketch('batch/Job', { name: 'nightly-full-1', image: 'couchbase/operator-backup:1.5.0' }),
      'backup couchbase leaf pods',
    ],
    [
      sketch('batch/Job', { name: 'tools-1', image: 'couchbase/operator-backup:1.5.0', run: ['sleep', '1d'] }),
      'none - - -',
    ],
    [sketch('couchbase.com/CouchbaseBackup'), 'backup couchbase schedule pods'],
    [sketch('batch/Job', { owner: 'couchbase.com/CouchbaseBackupRestore' }), 'backup couchbase leaf pods'],
  ],
  'openebs-zfs': [
    [sketch('zfs.openebs.io/ZFSBackup'), 'backup openebs-zfs leaf field'],
    [sketch('zfs.openebs.io/ZFSVolume'), 'none - - -'],
  ],
  'edb-postgres': [
    [sketch('postgresql.k8s.enterprisedb.io/Backup'), 'backup edb-postgres leaf pods-labelled'],
    [
      sketch('batch/Job', { labels: { 'k8s.enterprisedb.io/jobRole': 'full-recovery' } }),
      'backup edb-postgres leaf pods',
    ],
    [sketch('batch/Job', { labels: { 'k8s.enterprisedb.io/jobRole': 'join' } }), 'none - - -'],
    [sketch('postgresql.k8s.enterprisedb.io/ScheduledBackup'), 'backup edb-postgres schedule pods'],
  ],
  neo4j: [
    [sketch('batch/Job', { image: 'neo4j/helm-charts-backup:2026.6.0' }), 'backup neo4j leaf pods'],
    [sketch('batch/Job', { image: 'ours/helm-charts-backup:1' }), 'none - - -'],
  ],
  mondoo: [
    [
      sketch('batch/CronJob', { labels: { app: 'mondoo', scan: 'nodes', mondoo_cr: 'm' } }),
      'scan mondoo schedule pods',
    ],
    [sketch('batch/Job', { labels: { app: 'mondoo', gc: 'nodes', mondoo_cr: 'm' } }), 'none - - -'],
  ],
  zora: [
    [sketch('batch/CronJob', { labels: { 'zora.undistro.io/plugin': 'popeye' } }), 'scan zora schedule pods'],
    [sketch('batch/Job', { image: 'ghcr.io/undistro/zora/worker:v0.10.2' }), 'scan zora leaf pods'],
    [sketch('batch/Job', { image: 'ours/worker:1' }), 'none - - -'],
    [sketch('zora.undistro.io/ClusterScan'), 'scan zora schedule pods'],
  ],
  securecodebox: [
    [
      sketch('batch/Job', {
        owner: 'execution.securecodebox.io/Scan',
        labels: { 'securecodebox.io/job-type': 'scanner' },
      }),
      'scan securecodebox leaf pods',
    ],
    [
      sketch('batch/Job', {
        owner: 'execution.securecodebox.io/Scan',
        labels: { 'securecodebox.io/job-type': 'parser' },
      }),
      'none - - -',
    ],
    [sketch('execution.securecodebox.io/Scan'), 'scan securecodebox root pods'],
    [sketch('execution.securecodebox.io/ScheduledScan'), 'scan securecodebox schedule pods'],
  ],
  'image-scanner': [
    [
      sketch('batch/Job', {
        labels: { 'app.kubernetes.io/managed-by': 'image-scanner', 'controller.statnett.no/uid': 'u' },
      }),
      'scan image-scanner leaf pods',
    ],
    [sketch('stas.statnett.no/ContainerImageScan'), 'none - - -'],
    [sketch('batch/Job', { labels: { 'app.kubernetes.io/managed-by': 'image-scanner' } }), 'none - - -'],
  ],
  'fairwinds-insights': [
    [
      sketch('batch/Job', {
        image: 'us-docker.pkg.dev/fairwinds-ops/oss/insights-uploader:0.6.12',
        run: ['./uploader.sh', '--datatype', 'polaris'],
      }),
      'scan fairwinds-insights leaf pods',
    ],
    [
      sketch('batch/Job', {
        image: 'us-docker.pkg.dev/fairwinds-ops/oss/insights-uploader:0.6.12',
        run: ['./uploader.sh', '--datatype', 'nova'],
      }),
      'none - - -',
    ],
  ],
};
