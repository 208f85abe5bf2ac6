import { knownByRoleLabels } from './role-labels.ts';

const PREFIX = 'postgres-operator.crunchydata.com';

/** Crunchy's operator for PostgreSQL, and Percona's, which is made from it (postgres-operator internal/naming/labels.go). */
export const crunchyPgo = knownByRoleLabels({
  name: 'crunchy-pgo',
  title: 'Crunchy PostgreSQL',
  group: PREFIX,
  members: {
    has: { [`${PREFIX}/cluster`]: '', [`${PREFIX}/instance`]: '', [`${PREFIX}/data`]: 'postgres' },
    cluster: `${PREFIX}/cluster`,
    // Patroni has renamed it.
    role: { label: `${PREFIX}/role`, primary: ['master', 'primary'] },
  },
});
