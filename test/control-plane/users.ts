import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';

/** An identity that the API server knows by a token. Groups as in RBAC, for example `system:masters`. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** A user and its token. */
export interface TokenUser extends User {
  readonly token: string;
}

/** The user with every right, used wherever no other is named. */
export const ADMIN = 'admin';

/** KWOK acts for all kubelets at once, which no real identity may. */
export const KWOK = 'kwok';

/** Who is always there: the admin, somebody without any right, and the components by the names they have in real clusters. */
const BUILT_IN_USERS: readonly User[] = [
  { name: ADMIN, groups: ['system:masters'] },
  { name: 'developer', groups: [] },
  { name: 'system:kube-controller-manager', groups: [] },
  { name: 'system:kube-scheduler', groups: [] },
  { name: KWOK, groups: ['system:masters'] },
];

/** A kubelet's identity: RBAC and the Node authorizer know it by this name and group. */
export function kubeletUser(node: string): User {
  return { name: `system:node:${node}`, groups: ['system:nodes'] };
}

/** All users by name, each with a new random token; of two with the same name the later (the caller's) counts. */
export function issueTokens(users: readonly User[]): ReadonlyMap<string, TokenUser> {
  return new Map(
    [...BUILT_IN_USERS, ...users].map((user) => [user.name, { ...user, token: randomBytes(16).toString('hex') }]),
  );
}

/** The text of `--token-auth-file`: token, user, uid, "groups". */
export function tokenFile(users: Iterable<TokenUser>): string {
  return [...users].map(({ name, groups, token }) => `${token},"${name}","${name}","${groups.join(',')}"\n`).join('');
}

/** A kubeconfig (YAML) for one user; clients verify the server by the authority in it. */
export function kubeconfigFor(user: TokenUser, cluster: { server: string; ca: string }): string {
  const name = 'kubectl-maint-test';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: { server: cluster.server, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') },
      },
    ],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name, context: { cluster: name, user: user.name } }],
    'current-context': name,
  });
}

/** A user's name as a part of a file name: `system:node:n1` → `system-node-n1`. */
export function userFileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '-');
}
