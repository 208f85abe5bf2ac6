import type { Argv } from 'yargs';
import { parsed, refused, type Parsed } from '../../shared/index.ts';
import type { WebhookAddress } from '../controller/registration/entries.ts';
import { FAILURE_POLICY, POLICY, repeated, type Flags } from './flags.ts';
import type { WebhookCommand } from './operation.ts';

export function configurationFlags(flags: Argv) {
  return flags
    .option('policy', POLICY)
    .option('url', { type: 'string', describe: 'Address of the webhook: https://HOST:PORT' })
    .option('service', { type: 'string', describe: 'Service of the webhook: NAMESPACE/NAME' })
    .option('ca-file', { type: 'string', describe: 'PEM of the authority that the API server has to trust' })
    .option('failure-policy', FAILURE_POLICY);
}

export function configurationFromFlags(flags: Flags<typeof configurationFlags>): Parsed<WebhookCommand> {
  const twice = repeated(flags);
  if (twice.length > 0) return refused(...twice);
  const address = addressFrom(flags.url, flags.service);
  if (!address.ok) return address;
  if ('url' in address.value && flags.caFile === undefined) {
    return refused({ path: '--ca-file', message: 'is needed with --url: the file that serve --ca-out wrote' });
  }
  return parsed({
    kind: 'configuration',
    address: address.value,
    caFile: flags.caFile,
    policyFile: flags.policy,
    failurePolicy: flags.failurePolicy,
  });
}

function addressFrom(url: string | undefined, service: string | undefined): Parsed<WebhookAddress> {
  if ((url === undefined) === (service === undefined)) {
    return refused({ path: '', message: 'give either --url or --service' });
  }
  if (url !== undefined) {
    return URL.canParse(url) && new URL(url).protocol === 'https:'
      ? parsed({ url })
      : refused({ path: '--url', message: 'must be like https://127.0.0.1:9443' });
  }
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(service ?? '') ?? [];
  return namespace === undefined || name === undefined
    ? refused({ path: '--service', message: 'must be NAMESPACE/NAME' })
    : parsed({ service: { namespace, name } });
}
