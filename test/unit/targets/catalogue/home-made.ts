/** Jobs as people write them by hand: what they run, and what they are. Reduced to name, image and command. */

interface HomeMade {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const sh = (text: string): readonly string[] => ['/bin/sh', '-c', text];

export const BACKUPS: readonly HomeMade[] = [
  {
    name: 'pg-nightly-backup',
    image: 'postgres:16',
    command: sh('set -e\nPGPASSWORD="$PW" pg_dump -Fc "$DB" > "/b/$DB.dump"'),
  },
  {
    name: 'nextcloud-db-dump',
    image: 'mariadb:11',
    command: sh('mariadb-dump --single-transaction nextcloud | gzip > /b/n.gz'),
  },
  {
    name: 'mysql-backup',
    image: 'mysql:8',
    command: sh('exec mysqldump --all-databases -p"${MYSQL_ROOT_PASSWORD}" > /b/all.sql'),
  },
  {
    name: 'orders-mongo-backup',
    image: 'mongo:7',
    command: ['mongodump'],
    args: ['--uri=$(URI)', '--archive=/b/a.gz', '--gzip'],
  },
  { name: 'redis-snapshot', image: 'redis:7', command: sh('redis-cli -h redis --rdb /b/dump.rdb') },
  {
    name: 'etcd-backup',
    image: 'registry.k8s.io/etcd:3.5',
    command: ['etcdctl'],
    args: ['--endpoints', 'https://127.0.0.1:2379', '--cacert', '/ca.crt', 'snapshot', 'save', '/b/x.db'],
  },
  { name: 'restic-home', image: 'restic/restic:0.17', args: ['-r', '/repo', '--verbose', 'backup', '/data'] },
  {
    name: 'volume-backup',
    image: 'alpine:3',
    command: sh(
      'apk add restic && restic snapshots || restic init; restic backup /data && restic forget --prune --keep-last 7',
    ),
  },
  { name: 'borg-photos', image: 'b3vis/borgmatic:1', command: ['borgmatic', '--verbosity', '1'] },
  { name: 'photos-backup', image: 'alpine:3', command: sh('borg create --stats ssh://b@h/./repo::{now} /photos') },
  {
    name: 'media-backup',
    image: 'instrumentisto/rsync-ssh',
    command: ['rsync'],
    args: ['-a', '/media/', 'nas:/backup/media/'],
  },
  {
    name: 'wiki-backup',
    image: 'amazon/aws-cli',
    command: sh('tar czf - /data | aws s3 cp - s3://backups/wiki-$(date +%F).tgz'),
  },
  {
    name: 'vault-snapshot',
    image: 'hashicorp/vault:1.17',
    command: sh('vault login -method=kubernetes role=snap\nvault operator raft snapshot save /s/v.snap'),
  },
  { name: 'consul-backup', image: 'hashicorp/consul:1', command: ['consul', 'snapshot', 'save', '/b/c.snap'] },
  {
    name: 'es-snapshot',
    image: 'curlimages/curl',
    command: sh('curl -s -XPUT "http://es:9200/_snapshot/s3/snap-$(date +%s)?wait_for_completion=true"'),
  },
  {
    name: 'opensearch-backup',
    image: 'curlimages/curl',
    command: ['curl'],
    args: ['-X', 'PUT', 'https://os:9200/_snapshot/repo/nightly'],
  },
  { name: 'influx-backup', image: 'influxdb:2', command: sh('influx backup --host http://influx:8086 -t $TOKEN /b') },
  {
    name: 'cassandra-backup',
    image: 'cassandra:4',
    command: sh('kubectl exec -n db cassandra-0 -- nodetool snapshot -t daily'),
  },
  { name: 'neo4j-dump', image: 'neo4j:5', command: ['neo4j-admin', 'database', 'dump', 'neo4j', '--to-path=/b'] },
  { name: 'ldap-backup', image: 'osixia/openldap', command: sh('slapcat -n 1 -l /b/ldap.ldif') },
  { name: 'minio-backup', image: 'minio/mc', command: sh('mc alias set a $A && mc mirror --overwrite a/data b/data') },
  {
    name: 'share-backup',
    image: 'mcr.microsoft.com/azcopy',
    command: ['azcopy', 'copy', '/data', 'https://x.blob.core.windows.net/b', '--recursive'],
  },
  { name: 'gcs-backup', image: 'google/cloud-sdk', command: sh('gsutil -m rsync -r /data gs://backups/data') },
  {
    name: 'gitea-backup',
    image: 'gitea/gitea:1',
    command: ['su', 'git', '-c', 'gitea dump -c /data/gitea/conf/app.ini'],
  },
  {
    name: 'keycloak-export',
    image: 'quay.io/keycloak/keycloak',
    command: ['/opt/keycloak/bin/kc.sh', 'export', '--dir', '/b'],
  },
  {
    name: 'nextcloud-backup',
    image: 'nextcloud:29',
    command: sh('php occ maintenance:mode --on; mysqldump -h db nextcloud > /b/n.sql; php occ maintenance:mode --off'),
  },
  { name: 'duplicity-full', image: 'wernight/duplicity', command: ['duplicity', 'full', '/data', 's3://b'] },
  {
    name: 'walg-base-backup',
    image: 'postgres-walg',
    command: ['gosu', 'postgres', 'envdir', '/etc/wal-g', 'wal-g', 'backup-push', '/pgdata'],
  },
  {
    name: 'pgbackrest-backup-full',
    image: 'pgbackrest',
    command: ['pgbackrest', '--stanza=main', '--type=full', 'backup'],
  },
  { name: 'barman-backup', image: 'barman', command: ['barman', 'backup', 'all'] },
  { name: 'mydumper-backup', image: 'mydumper/mydumper', command: ['mydumper', '-h', 'db', '-o', '/b'] },
  { name: 'galera-backup', image: 'percona/percona-xtrabackup', command: sh('xtrabackup --backup --target-dir=/b') },
  {
    name: 'ch-backup',
    image: 'altinity/clickhouse-backup',
    command: ['clickhouse-backup', 'create_remote', 'nightly'],
  },
  { name: 'app-backup', image: 'registry.example.com/tools:1', command: ['/scripts/app_backup.sh'] },
  {
    name: 'shop-db-restore',
    image: 'registry.example.com/tools:1',
    command: ['bash', '/opt/restore-database.sh', 'latest'],
  },
  { name: 'wiki-backup', image: 'registry.example.com/ops/wiki-backup:2' },
  { name: 'erp-backup', image: 'frappe/erpnext', command: ['bench', '--site', 'all', 'backup'] },
  { name: 'laravel-backup', image: 'app:1', command: ['php', 'artisan', 'backup:run'] },
  {
    name: 'mssql-backup',
    image: 'mcr.microsoft.com/mssql-tools',
    command: sh('/opt/mssql-tools/bin/sqlcmd -S db -Q "BACKUP DATABASE [x] TO DISK = N\'/b/x.bak\'"'),
  },
  {
    name: 'crdb-backup',
    image: 'cockroachdb/cockroach',
    command: ['cockroach', 'sql', '-e', "BACKUP INTO 's3://b' AS OF SYSTEM TIME '-10s'"],
  },
  { name: 'sqlite-backup', image: 'keinos/sqlite3', command: sh('sqlite3 /data/db.sqlite3 ".backup /b/db.sqlite3"') },
  {
    name: 'rds-snapshot',
    image: 'amazon/aws-cli',
    command: ['aws', 'rds', 'create-db-snapshot', '--db-instance-identifier', 'x'],
  },
  { name: 'k3s-etcd-snapshot', image: 'rancher/k3s', command: sh('chroot /host k3s etcd-snapshot save --name x') },
  {
    name: 'pvc-snapshot',
    image: 'bitnami/kubectl',
    command: sh('cat <<EOF | kubectl create -f -\nkind: VolumeSnapshot\nEOF'),
  },
  {
    name: 'pg-backup',
    image: 'postgres:16',
    command: ['$(TOOL)'],
    args: ['-Fc', 'db'],
    env: { TOOL: '/usr/bin/pg_dump' },
  },
];

export const SCANS: readonly HomeMade[] = [
  { name: 'bench', image: 'aquasec/kube-bench', args: ['run', '--targets', 'node'] },
  { name: 'nightly', image: 'alpine', command: sh('timeout -s KILL 600 kube-bench --json > /r') },
  { name: 'trivy-cluster', image: 'aquasec/trivy', args: ['k8s', '--report', 'summary'] },
  { name: 'image-vuln-scan', image: 'aquasec/trivy', command: sh('for i in $(cat /l); do trivy image "$i"; done') },
  { name: 'grype-scan', image: 'anchore/grype', args: ['registry.example.com/app:1'] },
  { name: 'posture', image: 'kubescape/kubescape', command: sh('kubescape scan framework nsa') },
  { name: 'nuclei-scan', image: 'projectdiscovery/nuclei', args: ['-u', 'https://app'] },
  { name: 'av-scan', image: 'clamav/clamav', command: sh('freshclam; clamscan -r /data') },
  { name: 'host-audit', image: 'lynis', command: ['lynis', 'audit', 'system'] },
  { name: 'stig', image: 'openscap', command: sh('oscap xccdf eval --profile stig /x.xml') },
  { name: 'prowler', image: 'toniblyx/prowler', args: ['kubernetes'] },
  { name: 'checkov-cluster', image: 'bridgecrew/checkov-k8s' },
  { name: 'polaris-audit', image: 'quay.io/fairwinds/polaris', command: ['polaris', 'audit', '--format', 'pretty'] },
  { name: 'popeye', image: 'derailed/popeye' },
  { name: 'security-scan', image: 'registry.example.com/sec/cis-scanner:1' },
];

export const OTHERS: readonly HomeMade[] = [
  { name: 'backup-cleanup', image: 'amazon/aws-cli', command: sh('aws s3 rm --recursive s3://backups/old') },
  { name: 'restic-forget', image: 'restic/restic', args: ['forget', '--prune', '--tag', 'backup'] },
  { name: 'backup-check', image: 'restic/restic', command: ['restic', 'snapshots'] },
  { name: 'backup-unlock', image: 'restic/restic', command: ['restic', 'unlock'] },
  { name: 'velero-backup-version', image: 'velero/velero', command: ['velero', 'version'] },
  { name: 'velero-backup-list', image: 'velero/velero', command: ['velero', 'backup', 'get'] },
  { name: 'etcd-backup-health', image: 'etcd', command: ['etcdctl', 'endpoint', 'health'] },
  { name: 'etcd-defrag', image: 'etcd', command: ['etcdctl', 'defrag'] },
  { name: 'log-shipper', image: 'rclone/rclone', args: ['move', '/var/log', 's3:logs'] },
  { name: 'db-schema-dump', image: 'postgres:16', command: sh('pg_dump --schema-only app > /s/schema.sql') },
  { name: 'migrate-to-16', image: 'postgres:16', command: sh('pg_dump old | psql new') },
  { name: 'db-migrate', image: 'app:1', command: ['rake', 'db:migrate'] },
  { name: 'backup-operator-crds', image: 'example.com/backup-operator:1', args: ['install'] },
  { name: 'create-backup-bucket', image: 'minio/mc', command: sh('mc mb --ignore-existing s/backups') },
  { name: 'backup-exporter', image: 'example.com/backup-exporter' },
  { name: 'backup-retention', image: 'example.com/tools', command: ['/scripts/backup-retention.sh'] },
  { name: 'backup-report', image: 'example.com/backup-report:1' },
  { name: 'restore-cache', image: 'rclone/rclone', args: ['copy', 's3:cache', '/w'] },
  { name: 'dotnet-restore', image: 'mcr.microsoft.com/dotnet/sdk', command: ['dotnet', 'restore'] },
  { name: 'dbt-snapshot', image: 'dbt', command: ['dbt', 'snapshot'] },
  { name: 'inventory-snapshot', image: 'app:1', command: ['python', 'inventory_snapshot.py'] },
  { name: 'heap-dump', image: 'app:1', command: ['/opt/heap-dump.sh'] },
  { name: 'nova-archive-rows', image: 'nova', command: ['/tmp/archive-rows.sh'] },
  {
    name: 'register-snapshot-repo',
    image: 'curl',
    command: ['curl', '-XPUT', 'http://es:9200/_snapshot/s3', '-d', '{}'],
  },
  { name: 'delete-old-snapshot', image: 'curl', command: ['curl', '-X', 'DELETE', 'http://es:9200/_snapshot/s3/old'] },
  { name: 'backup-user-setup', image: 'postgres:16', command: sh('psql -c "CREATE ROLE backup"') },
  { name: 'wait-for-restore', image: 'bitnami/kubectl', command: ['kubectl', 'wait', 'restore/x'] },
  { name: 'delete-backup-jobs', image: 'bitnami/kubectl', command: ['kubectl', 'delete', 'job', 'restic'] },
  { name: 'site-export', image: 'app:1', command: ['/bin/export-orders'] },
  { name: 'grype-db-update', image: 'anchore/grype', args: ['db', 'update'] },
  { name: 'trivy-db', image: 'aquasec/trivy', args: ['image', '--download-db-only'] },
  { name: 'trivy-java-db', image: 'aquasec/trivy', command: sh('trivy image --download-java-db-only') },
  { name: 'check-base-image', image: 'aquasec/trivy', args: ['image', 'alpine:3'] },
  { name: 'pull-request-42', image: 'anchore/grype', command: ['make', 'test'] },
  { name: 'syft-build', image: 'anchore/syft', command: sh('go test ./...') },
  { name: 'kube-bench-dev', image: 'aquasec/kube-bench', command: ['sleep', '3600'] },
  { name: 'popeye-ci', image: 'derailed/popeye', args: ['sleep', '1'] },
  { name: 'freshclam', image: 'clamav/clamav', command: ['freshclam'] },
  { name: 'nuclei-templates', image: 'projectdiscovery/nuclei', args: ['-update-templates'] },
  { name: 'document-scanner', image: 'example.com/document-scanner:1' },
  { name: 'svg-scan', image: 'app:1', command: ['rake', 'assets:scan_svgs'] },
  { name: 'price-scan', image: 'example.com/price-scan' },
  { name: 'port-check', image: 'instrumentisto/nmap', command: ['nmap', '-p', '5432', 'db'] },
  { name: 'kubescape-version', image: 'kubescape/kubescape', command: ['kubescape', 'version'] },
  { name: 'polaris-dashboard', image: 'quay.io/fairwinds/polaris', command: ['polaris', 'dashboard'] },
];
