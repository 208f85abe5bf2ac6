import { MaintError } from '../../../errors.ts';
import { listAt, textAt, textsAt } from '../../../facts/json.ts';

const API_VERSIONS: readonly string[] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** The `exec` part of a kubeconfig user, read and found usable. */
export interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** Whether the plugin may use the terminal's standard input in this run. */
  readonly interactive: boolean;
  /** What to do where the command is missing, as one line. */
  readonly installHint: string | undefined;
  /** ExecCredential.spec.cluster, where provideClusterInfo asks for it. */
  readonly cluster: Readonly<Record<string, unknown>> | undefined;
}

export interface ExecContext {
  readonly stdinIsTerminal: boolean;
  readonly cluster: Readonly<Record<string, unknown>>;
}

/** Reads the exec part of a user. Throws MaintError('usage') with client-go's words where it cannot be used. */
export function parseExecConfig(exec: unknown, user: string, context: ExecContext): ExecConfig {
  const apiVersion = textAt(exec, 'apiVersion') ?? '';
  const command = textAt(exec, 'command') ?? '';
  if (command === '') throw unusable(user, 'command must be specified to use exec authentication plugin');
  if (!API_VERSIONS.includes(apiVersion)) {
    throw unusable(user, `exec plugin: invalid apiVersion "${apiVersion}"`, `use ${API_VERSIONS.join(' or ')}`);
  }
  return {
    apiVersion,
    command,
    args: textsAt(exec, 'args'),
    env: new Map(listAt(exec, 'env').map((entry) => [textAt(entry, 'name') ?? '', textAt(entry, 'value') ?? ''])),
    interactive: isInteractive(exec, user, context.stdinIsTerminal),
    installHint: textAt(exec, 'installHint')?.replace(/\s+/g, ' ').trim(),
    cluster: wantsCluster(exec) ? context.cluster : undefined,
  };
}

function wantsCluster(exec: unknown): boolean {
  return typeof exec === 'object' && exec !== null && 'provideClusterInfo' in exec && exec.provideClusterInfo === true;
}

function isInteractive(exec: unknown, user: string, stdinIsTerminal: boolean): boolean {
  const mode =
    textAt(exec, 'interactiveMode') ?? (textAt(exec, 'apiVersion')?.endsWith('/v1beta1') ? 'IfAvailable' : '');
  switch (mode) {
    case 'Never':
      return false;
    case 'IfAvailable':
      return stdinIsTerminal;
    case 'Always':
      if (stdinIsTerminal) return true;
      throw unusable(user, 'exec plugin cannot support interactive mode: standard input is not a terminal');
    case '':
      throw unusable(user, 'interactiveMode must be specified to use exec authentication plugin');
    default:
      throw unusable(user, `invalid interactiveMode "${mode}"`, 'use Never, IfAvailable or Always');
  }
}

function unusable(user: string, what: string, hint = 'check the exec part of this user in the kubeconfig'): MaintError {
  return new MaintError('usage', `user "${user}": ${what}`, { hint });
}
