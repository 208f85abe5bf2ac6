import type { Argv } from 'yargs';
import { parsed, refused, type Parsed, type Problem } from '../../shared/index.ts';
import type { Environment } from '../connect.ts';
import type { CertificateKeeping } from '../controller/certificates/keeping.ts';
import { FAIL_CLOSED } from '../controller/registration/entries.ts';
import type { OwnService } from '../controller/registration/own-registration.ts';
import { CA_SECRET, LEASE, TLS_SECRET } from '../grants.ts';
import {
  clusterFlags,
  FAILURE_POLICY,
  HEALTH_PORT,
  LOG_LEVEL,
  METRICS_PORT,
  outside,
  POLICY,
  repeated,
  type Flags,
} from './flags.ts';
import type { WebhookCommand } from './operation.ts';

/** Flags about the cluster, the Service and what is kept for it; `serve --with-controller` has them as well. */
export function keptFlags(flags: Argv) {
  return clusterFlags(flags)
    .option('service', {
      type: 'string',
      describe: 'Service behind which the webhook runs, whose registration the controller keeps',
    })
    .option('namespace', { type: 'string', describe: 'Namespace of the Service; POD_NAMESPACE by default' })
    .option('failure-policy', FAILURE_POLICY)
    .option('fail-closed', {
      choices: FAIL_CLOSED,
      array: true,
      nargs: 1,
      default: [] as readonly string[],
      describe: 'Entry whose calls must not fail, whatever --failure-policy says; repeatable',
    })
    .option('exempt-namespace', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [] as readonly string[],
      describe: 'Namespace that the API server asks nothing about: whatever runs there is not kept off; repeatable',
    })
    .option('lease', {
      type: 'string',
      default: LEASE,
      describe: 'Lease in that namespace: of several controllers the one that holds it writes',
    });
}

export function controllerFlags(flags: Argv) {
  return keptFlags(flags)
    .option('policy', POLICY)
    .option('ca-secret', {
      type: 'string',
      default: CA_SECRET,
      describe: 'Secret with the authority, which nobody else reads; made where it is missing',
    })
    .option('tls-secret', {
      type: 'string',
      default: TLS_SECRET,
      describe: "Secret with the serving certificate, which the webhook's pods mount; made where it is missing",
    })
    .option('cert-dir', {
      type: 'string',
      describe: 'Folder with the ca.crt of certificates that somebody else makes: no Secret is read or written then',
    })
    .option('health-port', HEALTH_PORT)
    .option('metrics-port', METRICS_PORT)
    .option('log-level', LOG_LEVEL);
}

export function controllerFromFlags(flags: Flags<typeof controllerFlags>, env: Environment): Parsed<WebhookCommand> {
  const problems = [
    ...repeated(flags, ['fail-closed', 'exempt-namespace']),
    ...outside('--health-port', flags.healthPort, 65_535),
    ...outside('--metrics-port', flags.metricsPort, 65_535),
  ];
  if (problems.length > 0) return refused(...problems);
  if (flags.service === undefined) {
    return refused({ path: '--service', message: 'is needed: the Service behind which the webhook runs' });
  }
  const service = serviceFrom(flags, flags.service, env);
  const more = [flags.caSecret, flags.tlsSecret].flatMap(impossible);
  if (!service.ok || more.length > 0) return refused(...(service.ok ? [] : service.problems), ...more);
  return parsed({
    kind: 'controller',
    cluster: { kubeconfig: flags.kubeconfig, context: flags.context },
    control: {
      registered: { by: 'service', ...service.value },
      lease: { namespace: service.value.namespace, name: flags.lease },
      host: '',
      healthPort: flags.healthPort,
      metricsPort: flags.metricsPort,
      certificates: keepingFrom(flags, service.value),
    },
    policyFile: flags.policy,
    logLevel: flags.logLevel,
  });
}

/** The Service that flags name, and how calls to it may fail. */
export function serviceFrom(flags: Flags<typeof keptFlags>, name: string, env: Environment): Parsed<OwnService> {
  const namespace = flags.namespace ?? env['POD_NAMESPACE'] ?? '';
  if (namespace === '') {
    return refused({ path: '--namespace', message: 'is needed with --service, where POD_NAMESPACE does not say it' });
  }
  const problems = [name, namespace, flags.lease, ...flags.exemptNamespace].flatMap(impossible);
  if (problems.length > 0) return refused(...problems);
  const { failurePolicy, failClosed, exemptNamespace } = flags;
  return parsed({ namespace, name, failurePolicy, failClosed, exemptNamespaces: exemptNamespace });
}

/** The names of a Service in its cluster; API servers ask for the third (k8s apiserver pkg/util/webhook). */
export function namesOfService({ name, namespace }: Pick<OwnService, 'name' | 'namespace'>): readonly string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

function keepingFrom(
  { certDir, caSecret, tlsSecret }: Pick<Flags<typeof controllerFlags>, 'certDir' | 'caSecret' | 'tlsSecret'>,
  service: OwnService,
): CertificateKeeping {
  if (certDir !== undefined) return { by: 'others', folder: certDir };
  const { namespace } = service;
  return {
    by: 'controller',
    authority: { namespace, name: caSecret },
    leaf: { namespace, name: tlsSecret },
    names: namesOfService(service),
  };
}

/** A DNS-1123 label, as namespaces and Services are named; Secrets and Leases may have dots in theirs. */
function impossible(name: string): readonly Problem[] {
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)
    ? []
    : [{ path: '', message: `"${name}": no such name is possible` }];
}
