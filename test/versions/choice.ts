import { parsed, refused, type Parsed } from '../../shared/index.ts';

/** What to run, and of which test files; without files all of test/integration. */
export interface Choice {
  readonly versions: readonly string[];
  readonly files: readonly string[];
}

/**
 * What arguments choose: versions by as much of them as tells them apart (`1.36`), all without any, and test files or folders
 * by their paths, which begin with `test/`.
 */
export function chosen(known: readonly string[], args: readonly string[]): Parsed<Choice> {
  const files = args.filter((arg) => arg.startsWith('test/'));
  const named = args.filter((arg) => !files.includes(arg));
  const isMeant = (version: string, name: string) => version === name || version.startsWith(`${name}.`);
  const unknown = named.filter((name) => !known.some((version) => isMeant(version, name)));
  if (unknown.length > 0) {
    return refused(...unknown.map((path) => ({ path, message: `is none of ${known.join(', ')}` })));
  }
  const versions = known.filter((version) => named.length === 0 || named.some((name) => isMeant(version, name)));
  return parsed({ versions, files });
}
