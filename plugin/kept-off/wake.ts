import { cronJobStatusPath, type ApiRequest, FIELD_MANAGER } from '../../shared/index.ts';

/** Annotation on a CronJob that says when its controller was woken last (RFC 3339); writing it is what wakes. */
export const WOKEN_ANNOTATION = 'kubectl-maint.io/woken';

/**
 * The request that makes the CronJob controller look at once, where by itself it comes back later and later after a
 * refusal: any change of the CronJob does (k8s pkg/controller/cronjob updateCronJob), and it then makes the Job of the
 * latest time that it has missed. Written through the status subresource, which keeps the spec as it is.
 */
export function wakeCronJobRequest(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  now: string,
): ApiRequest {
  return {
    method: 'PATCH',
    path: cronJobStatusPath(namespace, name),
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations: { [WOKEN_ANNOTATION]: now } } },
  };
}
