import { clean, MAX_TEXT, messageOf } from '../../../shared/index.ts';
import { assumption, modesOf, modesText, type PolicyInForce } from '../../policy/in-force.ts';
import type { Installation } from '../../policy/installation.ts';
import { installedVersions, ONE_RELEASE, skewOf, versionsText, type InstalledVersions } from '../../policy/versions.ts';
import { forbiddenText } from '../../session/forbidden-text.ts';
import { clientText } from './text.ts';

/** What was read of a cluster. */
export interface ClusterReading {
  /** The refusal where it may not be read. */
  readonly installation: Installation | { readonly by: 'unreadable'; readonly refusal: unknown };
  readonly policy: PolicyInForce;
}

/** What `version` tells, of which its texts are made. */
export interface VersionReport {
  readonly client: string;
  /** Undefined where they are not known; then a warning says why. */
  readonly versions: InstalledVersions | undefined;
  /** Undefined where there is none. */
  readonly policy: PolicyInForce | undefined;
  readonly warnings: readonly string[];
}

/** Makes the report of what was read. Pure. */
export function versionReport(client: string, { installation, policy }: ClusterReading): VersionReport {
  const versions = installation.by === 'unreadable' ? undefined : installedVersions(installation);
  const skew = versions === undefined ? undefined : skewOf(client, versions);
  const isRegistered = policy.source.from !== 'unregistered';
  const warnings = [
    whyNotKnown(installation),
    skew === undefined ? undefined : `${skew}; ${ONE_RELEASE}`,
    isRegistered ? assumption(policy.source) : undefined,
  ];
  return {
    client,
    versions,
    policy: isRegistered ? policy : undefined,
    warnings: warnings.filter((text) => text !== undefined),
  };
}

function whyNotKnown(installation: ClusterReading['installation']): string | undefined {
  switch (installation.by) {
    case 'unreadable':
      return `what runs in the cluster is not known: ${forbiddenText(messageOf(installation.refusal))} (the ClusterRole kubectl-maint-viewer may)`;
    case 'url':
      return `the webhook is a process (${clean(installation.url, MAX_TEXT)}), whose version is not seen from here`;
    case 'nowhere':
    case 'service':
      return undefined;
  }
}

/** The lines for people, in kubectl's words; the first is known without a cluster. */
export function linesOf({ client, versions, policy }: VersionReport): readonly [string, ...string[]] {
  const told = (found: readonly string[] | undefined): string => {
    if (found === undefined) return 'not known';
    return found.length === 0 ? 'none' : versionsText(found);
  };
  return [
    clientText(client, 'text'),
    `Webhook Version: ${told(versions?.webhook)}`,
    `Controller Version: ${told(versions?.controller)}`,
    `Policy: ${policy === undefined ? 'none' : modesText(policy.policy.config)}`,
  ];
}

/** The report for programs: lists, as there are two versions while a rollout goes on; null is not known, or no policy. */
export function documentOf({ client, versions, policy, warnings }: VersionReport): object {
  return {
    clientVersion: { gitVersion: client },
    webhookVersions: versions?.webhook ?? null,
    controllerVersions: versions?.controller ?? null,
    chartVersions: versions?.chart ?? null,
    policy: policy === undefined ? null : { from: policy.source.from, modes: modesOf(policy.policy.config) },
    warnings,
  };
}
