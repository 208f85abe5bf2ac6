import { setTimeout as sleep } from 'node:timers/promises';
import {
  isPassing,
  messageOf,
  pauseAfter,
  retry,
  type BackOff,
  type ClusterReader,
  type ClusterSender,
} from '../../shared/index.ts';
import type { Log } from '../log.ts';
import { certificatesFromFolder } from './files-source.ts';
import type { Trust } from '../controller/certificates/rotation.ts';
import { selfIssuedCertificates } from './self-issued.ts';
import { SharedAuthorities } from '../controller/certificates/shared-authorities.ts';
import { sharedCertificates } from './shared-source.ts';
import type { CertificateSource } from './source.ts';

/** Where the certificate comes from. */
export type CertificateOrigin =
  /** An authority of this process alone, for names by which callers know it; kept in a folder, or in memory. */
  | { readonly kind: 'self'; readonly names: readonly string[]; readonly stateFolder: string | undefined }
  /** A folder that somebody else keeps. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** An authority in a Secret that the replicas behind a Service share. */
  | {
      readonly kind: 'shared';
      readonly namespace: string;
      readonly secret: string;
      readonly names: readonly string[];
    };

/** What opening needs. */
export interface OpeningPorts extends Trust {
  readonly cluster: ClusterReader & ClusterSender;
  readonly log: Log;
  readonly now: () => number;
}

/** A certificate source with how often it has made a new authority sign. */
export interface OpenedCertificates {
  readonly source: CertificateSource;
  readonly rotations: () => number;
}

/** Opens a source, waiting for an API server that is away. Throws MaintError where waiting does not help. */
export async function openCertificates(origin: CertificateOrigin, ports: OpeningPorts): Promise<OpenedCertificates> {
  const { now, trustedSince } = ports;
  switch (origin.kind) {
    case 'self':
      return { source: await selfIssuedCertificates(origin, now()), rotations: () => 0 };
    case 'folder':
      return { source: await certificatesFromFolder(origin.folder), rotations: () => 0 };
    case 'shared': {
      const authorities = new SharedAuthorities({ namespace: origin.namespace, name: origin.secret }, ports);
      const isTrusted = (certificate: string): boolean => trustedSince(certificate) !== undefined;
      const source = await untilAnswered(ports.log, () =>
        sharedCertificates(authorities, { names: origin.names, now: now(), isTrusted }),
      );
      return { source, rotations: () => authorities.rotations };
    }
  }
}

const BACK_OFF: BackOff = { firstMs: 1000, longestMs: 30_000, jitter: 0 };

/** Tries again while the API server is away or overloaded; a refusal stands. */
function untilAnswered<T>(log: Log, ask: () => Promise<T>): Promise<T> {
  const failed = (thrown: unknown, tries: number): number | undefined => {
    if (!isPassing(thrown)) return undefined;
    const pauseMs = pauseAfter(tries, BACK_OFF, 0);
    log.warn({ error: messageOf(thrown), seconds: pauseMs / 1000 }, 'the authority cannot be read yet');
    return pauseMs;
  };
  return retry(ask, { failed }, sleep);
}
