import { parsed, refused, type Parsed } from '../../shared/index.ts';

/** The versions that arguments name, by as much of them as tells them apart (`1.36`); all without arguments. */
export function chosenVersions(known: readonly string[], args: readonly string[]): Parsed<readonly string[]> {
  const isMeant = (version: string, arg: string) => version === arg || version.startsWith(`${arg}.`);
  const unknown = args.filter((arg) => !known.some((version) => isMeant(version, arg)));
  if (unknown.length > 0) {
    return refused(...unknown.map((path) => ({ path, message: `is none of ${known.join(', ')}` })));
  }
  return parsed(args.length === 0 ? known : known.filter((version) => args.some((arg) => isMeant(version, arg))));
}
