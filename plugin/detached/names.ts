/** The one container of the pods of a Job. */
export const CONTAINER = 'maint';

/** Environment variable of that container: the flags by which the operation came into the cluster, as JSON. */
export const DETACHED_BY = 'MAINT_DETACHED_BY';
