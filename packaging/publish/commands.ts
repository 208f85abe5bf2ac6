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

/** By what is signed: a key in a file; without one the identity of the workflow, which a transparency log keeps. */
export interface Signer {
  readonly key?: string | undefined;
}

/** Pushes every architecture as one index, as it is: its digest is the one that the build told. */
export function pushImage(layout: string, version: string, { place, isLocal }: Registry): CommandLine {
  const tls = isLocal ? ['--dest-tls-verify=false'] : [];
  const target = `docker://${place}/maint-webhook:${version}`;
  return ['skopeo', 'copy', '--all', '--preserve-digests', ...tls, `oci:${layout}:${version}`, target];
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

/** With a key of one's own nobody else is asked. */
function bySigner({ key }: Signer): readonly string[] {
  return key === undefined ? [] : [`--key=${key}`, '--tlog-upload=false', '--use-signing-config=false'];
}
