/** Where it is set nothing may be left out: a release is not published with a part that nobody has tried. */
const EVERYTHING = 'MAINT_TRY_EVERYTHING';

/** Whether tests are left out because something is missing that they need; throws where nothing may be. */
export function isLeftOut(needed: string, isMissing: boolean): boolean {
  if (isMissing && process.env[EVERYTHING] !== undefined) {
    throw new Error(`these tests need ${needed}, which is missing, and ${EVERYTHING} is set`);
  }
  return isMissing;
}
