/** An AdmissionReview that holds a request. */
export function reviewWith(request: unknown): Readonly<Record<string, unknown>> {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
}
