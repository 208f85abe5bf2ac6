import { knownByRoleLabels } from './role-labels.ts';

/** Zalando's operator for PostgreSQL, with the labels that it sets unless told otherwise (docs/reference/operator_parameters). */
export const zalandoPostgres = knownByRoleLabels({
  name: 'zalando-postgres',
  title: 'Zalando PostgreSQL',
  group: 'acid.zalan.do',
  members: {
    has: { application: 'spilo' },
    cluster: 'cluster-name',
    role: { label: 'spilo-role', primary: ['master'] },
  },
});
