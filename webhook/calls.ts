/** What the registration tells API servers of their calls, and what answers keep to. */

/** Where the API server posts its reviews. */
export const VALIDATE_PATH = '/validate';

/**
 * timeoutSeconds of our registration, and what is assumed where the URL says nothing. A held rollout is judged by two reads
 * at once: an API server that takes 2.8 s for each still gets the right answer. Who is not looked up is not kept waiting,
 * and entries on hot paths are there only while some node is in maintenance.
 */
export const TIMEOUT_SECONDS = 3;
