/** Inputs that were once judged, drained or read wrongly, with what is right of each: kept beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../../shared/cases');

/** Whether they are there; where they are not, what runs them is skipped. */
export const HAS_CASES = existsSync(FOLDER);

/** The title of what runs them, which says why where it is skipped. */
export function casesTitle(what: string): string {
  return HAS_CASES ? what : `${what} (skipped: there is no ${FOLDER})`;
}

/** The path of an input. */
export function caseFile(name: string): string {
  return join(FOLDER, name);
}

/** What an input says. */
export function caseText(name: string): string {
  return readFileSync(caseFile(name), 'utf8');
}

/** Its documents as kubectl reads them. */
export function caseObjects(name: string): readonly unknown[] {
  return parseAllDocuments(caseText(name), { merge: true }).map((document) => {
    const object: unknown = document.toJS();
    return object;
  });
}
