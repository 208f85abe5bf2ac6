import { kindsOf, resourceIn } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

const PERCONA_MONGODB = kindsOf('psmdb.percona.com', {
  PerconaServerMongoDBBackup: 'perconaservermongodbbackups',
  PerconaServerMongoDBRestore: 'perconaservermongodbrestores',
});

/**
 * Percona Server for MongoDB. No Job: agents beside the databases do the work (perconaservermongodbbackup_types.go), and
 * choose among themselves; a request is refused where every database pod is on a node in maintenance. The agents' pods
 * are the database and pass. `backup-restorer` is the project's own restore Job of its tests.
 */
export const perconaMongodb: Tool = {
  id: 'percona-mongodb',
  title: 'Percona Server for MongoDB operator',
  source: 'https://github.com/percona/percona-server-mongodb-operator',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'Percona MongoDB backup or restore',
      match: {
        kinds: [PERCONA_MONGODB.PerconaServerMongoDBBackup, PERCONA_MONGODB.PerconaServerMongoDBRestore],
      },
      node: {
        in: 'pods-labelled',
        labels: {
          'app.kubernetes.io/managed-by': { value: 'percona-server-mongodb-operator' },
          'app.kubernetes.io/component': { value: 'mongod' },
          'app.kubernetes.io/instance': { field: ['spec', 'clusterName'] },
        },
      },
      inside: {
        resource: resourceIn(PERCONA_MONGODB.PerconaServerMongoDBBackup, 'v1'),
        pods: ['status', 'pbmPods'],
        while: { 'status.state': ['requested', 'running'] },
      },
      afterDenial: 'failed',
    }),
    backupLeaf({
      what: 'Percona MongoDB restore job',
      match: {
        kinds: JOB_AND_POD,
        images: ['percona-server-mongodb-operator'],
        commands: ['backup-restorer.sh'],
      },
      afterDenial: 'failed',
    }),
  ],
};
