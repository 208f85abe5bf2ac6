/** The command lines by which a release is pushed and signed: the workflow and the rehearsal run the same ones. */

/** A program with its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** Where to. */
export interface Registry {
  /** `HOST/PATH`; image and chart are below it. */
  readonly place: string;
  /** A registry of this machine, without TLS. */
  readonly isLocal: boolean;
}

/** Files of a key of one's own: the key, and the list of the services that are asked when it signs. */
export interface Key {
  readonly key: string;
  readonly services: string;
}

/** By what is signed: a key, or the identity of the workflow, which a transparency log keeps. */
export type Signer = Key | 'workflow';

/** Says once who pushes, in a file that skopeo, helm, cosign and the attestations read; the password comes by standard input. */
export function logIn(user: string, accounts: string, { place, isLocal }: Registry): CommandLine {
  const tls = isLocal ? ['--tls-verify=false'] : [];
  const host = place.slice(0, place.indexOf('/'));
  return ['skopeo', 'login', `--authfile=${accounts}`, ...tls, `--username=${user}`, '--password-stdin', host];
}

/** Pushes every architecture as one index, as it is: its digest is the one that the build told. */
export function pushImage(
  layout: string,
  version: string,
  accounts: string,
  { place, isLocal }: Registry,
): CommandLine {
  const how = ['--all', '--preserve-digests', `--dest-authfile=${accounts}`];
  const tls = isLocal ? ['--dest-tls-verify=false'] : [];
  return ['skopeo', 'copy', ...how, ...tls, `oci:${layout}:${version}`, `docker://${place}/maint-webhook:${version}`];
}

/** Pushes the chart; helm says its digest. */
export function pushChart(archive: string, { place, isLocal }: Registry): CommandLine {
  return ['helm', 'push', archive, `oci://${place}/charts`, ...(isLocal ? ['--plain-http'] : [])];
}

/** Signs what is at a digest in a registry. */
export function signDigest(name: string, digest: string, registry: Registry, signer: Signer): CommandLine {
  const http = registry.isLocal ? ['--allow-http-registry'] : [];
  return ['cosign', 'sign', '--yes', ...http, ...bySigner(signer), `${registry.place}/${name}@${digest}`];
}

/** Says in a registry what the image of a digest is made of. */
export function attestParts(sbom: string, digest: string, registry: Registry, signer: Signer): CommandLine {
  const http = registry.isLocal ? ['--allow-http-registry'] : [];
  const predicate = ['--type=cyclonedx', `--predicate=${sbom}`];
  const target = `${registry.place}/maint-webhook@${digest}`;
  return ['cosign', 'attest', '--yes', ...http, ...bySigner(signer), ...predicate, target];
}

/** Signs a file; what verifies it stands beside it, in one file. */
export function signFile(file: string, signer: Signer): CommandLine {
  return ['cosign', 'sign-blob', '--yes', ...bySigner(signer), `--bundle=${file}.sigstore.json`, file];
}

function bySigner(signer: Signer): readonly string[] {
  return signer === 'workflow' ? [] : [`--key=${signer.key}`, `--signing-config=${signer.services}`];
}
