import {
  REGISTRATION_NAME,
  textAt,
  webhookConfigurationPath,
  type ApiRequest,
  FIELD_MANAGER,
} from '../../../shared/index.ts';

/** The request that gives the registration that was read other entries, unless somebody else was faster: a conflict then. */
export function registrationPatch(
  registration: unknown,
  webhooks: readonly unknown[],
  signal: AbortSignal,
): ApiRequest {
  return {
    method: 'PATCH',
    path: webhookConfigurationPath(REGISTRATION_NAME),
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/merge-patch+json',
    body: { metadata: { resourceVersion: textAt(registration, 'metadata', 'resourceVersion') }, webhooks },
    signal,
  };
}
