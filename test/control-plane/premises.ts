import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallApi } from './api.ts';
import { apiCaller } from './api.ts';
import type { Certificates } from './certificates.ts';
import { issueCertificates } from './certificates.ts';
import type { ComponentSettings } from './command-lines.ts';
import { FILES } from './command-lines.ts';
import type { ControlPlaneOptions } from './contract.ts';
import { ControlPlaneError } from './errors.ts';
import { makeFolder } from './folders.ts';
import { nodeSpecs } from './nodes.ts';
import { freePorts } from './ports.ts';
import { kwokConfig } from './stages.ts';
import type { TokenUser } from './users.ts';
import { ADMIN, issueTokens, kubeconfigFor, kubeletUser, tokenFile, userFileName } from './users.ts';

const DEFAULT_POD_MS = 200;

/** Everything that is there before the first program starts: the folder and its files, ports, identities. */
export interface Premises {
  readonly folder: string;
  readonly logsFolder: string;
  readonly kubectlCache: string;
  readonly settings: ComponentSettings;
  readonly server: string;
  readonly ca: string;
  readonly adminToken: string;
  readonly adminKubeconfig: string;
  readonly api: CallApi;
  /** The path of a user's kubeconfig. Throws ControlPlaneError for an unknown name. */
  readonly kubeconfigFor: (user: string) => Promise<string>;
  readonly logPath: (name: string) => string;
}

/** Makes the folder of a control plane, with certificates, tokens and stages in it. */
export async function preparePremises(options: ControlPlaneOptions, stagesFolder: string): Promise<Premises> {
  const [folder, certificates, [etcdPort = 0, apiPort = 0]] = await Promise.all([
    makeFolder(options.folder),
    issueCertificates(),
    freePorts(2),
  ]);
  const users = issueTokens([
    ...nodeSpecs(options.nodes ?? 0).map(({ name }) => kubeletUser(name)),
    ...(options.users ?? []),
  ]);
  const settings = { ...settingsFrom(options), folder, etcdPort, apiPort };
  await writeFiles(settings, certificates, users);
  await writePrivate(
    join(folder, FILES.stages),
    await kwokConfig(stagesFolder, {
      readyMs: options.podReadyMs ?? DEFAULT_POD_MS,
      goneMs: options.podGoneMs ?? DEFAULT_POD_MS,
      jobMs: options.podDoneMs ?? 0,
    }),
  );
  const server = `https://127.0.0.1:${apiPort}`;
  const { ca } = certificates;
  const kubeconfigOf = kubeconfigs(users, { server, ca, folder });
  const adminToken = userNamed(users, ADMIN).token;
  return {
    folder,
    logsFolder: join(folder, 'logs'),
    kubectlCache: join(folder, 'kubectl-cache'),
    settings,
    server,
    ca,
    adminToken,
    adminKubeconfig: await kubeconfigOf(ADMIN),
    api: apiCaller({ server, ca, token: adminToken }),
    kubeconfigFor: kubeconfigOf,
    logPath: (name) => join(folder, 'logs', `${name}.log`),
  };
}

function settingsFrom(options: ControlPlaneOptions): Omit<ComponentSettings, 'folder' | 'etcdPort' | 'apiPort'> {
  return {
    controllerManager: options.controllerManager ?? true,
    featureGates: options.featureGates ?? {},
    apiServerArgs: options.apiServerArgs ?? [],
    controllerManagerArgs: options.controllerManagerArgs ?? [],
  };
}

async function writeFiles(
  { folder }: ComponentSettings,
  certificates: Certificates,
  users: ReadonlyMap<string, TokenUser>,
): Promise<void> {
  const texts = { ...certificates, tokens: tokenFile(users.values()) };
  const names = [
    'ca',
    'servingCertificate',
    'servingKey',
    'serviceAccountKey',
    'serviceAccountPublicKey',
    'tokens',
  ] as const;
  await Promise.all(names.map((name) => writePrivate(join(folder, FILES[name]), texts[name])));
}

function kubeconfigs(
  users: ReadonlyMap<string, TokenUser>,
  cluster: { server: string; ca: string; folder: string },
): (user: string) => Promise<string> {
  const written = new Map<string, Promise<string>>();
  const write = async (user: TokenUser) => {
    const path = join(cluster.folder, user.name === ADMIN ? 'kubeconfig' : `kubeconfig-${userFileName(user.name)}`);
    await writePrivate(path, kubeconfigFor(user, cluster));
    return path;
  };
  return async (name) => {
    const path = written.get(name) ?? write(userNamed(users, name));
    written.set(name, path);
    return path;
  };
}

function userNamed(users: ReadonlyMap<string, TokenUser>, name: string): TokenUser {
  const user = users.get(name);
  if (user !== undefined) return user;
  throw new ControlPlaneError(
    `this control plane has no user ${name}; it has ${[...users.keys()].join(', ')} (name more in the option users)`,
  );
}

/** Keys and tokens are for the person who started this only. */
async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
}
