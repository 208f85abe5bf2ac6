import { MaintError } from '../../errors.ts';

/** Whom the API server shall take the caller for. */
export interface Impersonation {
  readonly user: string | undefined;
  readonly groups: readonly string[];
  readonly uid: string | undefined;
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/**
 * Impersonate headers; a list is a header that is sent several times.
 * Throws MaintError('usage') where groups, uid or extra come without a user, as client-go does.
 */
export function impersonationHeaders(whom: Impersonation): Readonly<Record<string, string | readonly string[]>> {
  const { user, groups, uid, extra } = whom;
  if (user === undefined || user === '') {
    if (groups.length === 0 && uid === undefined && extra.size === 0) return {};
    throw new MaintError('usage', 'requesting uid, groups or user-extra without impersonating a user', {
      hint: 'name the user with --as',
    });
  }
  const headers = new Map<string, string | readonly string[]>([['Impersonate-User', user]]);
  if (groups.length > 0) headers.set('Impersonate-Group', groups);
  if (uid !== undefined) headers.set('Impersonate-Uid', uid);
  for (const [key, values] of extra) headers.set(`Impersonate-Extra-${headerKey(key)}`, values);
  return Object.fromEntries(headers);
}

/** Keys of user-extra may hold `/` and more; what no header name may hold is sent as %XX, which the server decodes. */
function headerKey(key: string): string {
  return encodeURIComponent(key.toLowerCase()).replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
