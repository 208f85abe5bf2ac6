/** Kinds in tests, by `group/Kind`. */
import { KUBERNETES, TOOLS, type Kind } from '../../shared/index.ts';
import { kindFromText } from '../../shared/kinds.ts';

/** Kinds as a configuration names them. */
export function kindsNamed(...groupKinds: readonly string[]): readonly Kind[] {
  return groupKinds.map(kindFromText);
}

/** Kinds as a list of texts. */
export function namesOfKinds(kinds: readonly Kind[]): readonly string[] {
  return kinds.map(({ groupKind }) => groupKind);
}

/** Every kind that the catalogue names as work, and the workloads of Kubernetes, by `group/Kind`. */
export const KNOWN_KINDS: ReadonlyMap<string, Kind> = new Map(
  [
    ...Object.values(KUBERNETES),
    ...TOOLS.flatMap(({ patterns }) => patterns.flatMap(({ match }) => match.kinds ?? [])),
  ].map((kind) => [kind.groupKind, kind]),
);
