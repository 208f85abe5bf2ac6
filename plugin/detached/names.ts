import { PREFIX } from '../../shared/index.ts';

/** Label of a Job that carries an operation out, and of its pods: the verb. */
export const DETACHED_LABEL = `${PREFIX}detached`;

/** Annotations of such a Job, for people: who asked for it, and its command line. */
export const REQUESTED_BY = `${PREFIX}requested-by`;
export const COMMAND_LINE = `${PREFIX}command-line`;

/** The one container of its pods. */
export const CONTAINER = 'maint';

/** Environment variable of that container: the flags by which the operation came into the cluster, as JSON. */
export const DETACHED_BY = 'MAINT_DETACHED_BY';
