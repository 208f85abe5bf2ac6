import { parseArgs } from 'node:util';

/** What a person asked `npm run cluster` to do. */
export type ClusterCommand =
  | {
      readonly verb: 'up' | 'supervise';
      readonly nodes: number;
      readonly controlPlaneNodes: number;
      readonly offline: boolean;
    }
  | { readonly verb: 'down' | 'status' | 'help' };

/** Words that make no sense, with what would. */
export interface UsageProblem {
  readonly problem: string;
}

export const USAGE = `A local control plane (etcd, API server, controllers, scheduler) with fake nodes, to try kubectl maint on.

  npm run cluster -- up [--nodes N] [--control-planes N] [--offline]
                      start it and keep it running; prints the line that makes kubectl use it
                      (default: 3 worker nodes and no control-plane node);
                      --offline: no official release is downloaded for it, as with MAINT_DOWNLOADS=off
  npm run cluster -- status
                      what runs, and its nodes
  npm run cluster -- down
                      end it and forget everything in it

The programs are taken from KUBEBUILDER_ASSETS, else downloaded once from official releases, else built once with Go.
`;

const DEFAULT_NODES = 3;
/** Fake nodes cost about 20 kB each; more than this is a typing mistake. */
const MOST_NODES = 10_000;

/** argv without the program's own two words → what to do, or what is wrong with it. */
export function parseClusterCommand(args: readonly string[]): ClusterCommand | UsageProblem {
  const words = parseWords(args);
  if ('problem' in words) return words;
  const { verb, more, flags } = words;
  if (verb === 'help' || flags.help) return { verb: 'help' };
  if (more !== undefined) return { problem: `unexpected word "${more}" after "${verb}"` };
  switch (verb) {
    case 'down':
    case 'status':
      return flags.nodes !== undefined || flags['control-planes'] !== undefined || flags.offline !== undefined
        ? { problem: `"${verb}" takes no options` }
        : { verb };
    case 'up':
    case 'supervise':
      return withNodes(verb, flags);
    default:
      return { problem: `unknown word "${verb}": it is up, status or down` };
  }
}

interface Flags {
  readonly nodes?: string | undefined;
  readonly 'control-planes'?: string | undefined;
  readonly offline?: boolean | undefined;
  readonly help?: boolean | undefined;
}

function parseWords(args: readonly string[]): { verb: string; more: string | undefined; flags: Flags } | UsageProblem {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        nodes: { type: 'string' },
        'control-planes': { type: 'string' },
        offline: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return { verb: positionals[0] ?? 'help', more: positionals[1], flags: values };
  } catch (error) {
    // Node adds advice about `--` in further sentences, which is wrong here.
    const [what = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    return { problem: what };
  }
}

function withNodes(verb: 'up' | 'supervise', flags: Flags): ClusterCommand | UsageProblem {
  const nodes = parseCount('--nodes', flags.nodes, DEFAULT_NODES);
  if (typeof nodes !== 'number') return nodes;
  const controlPlaneNodes = parseCount('--control-planes', flags['control-planes'], 0);
  if (typeof controlPlaneNodes !== 'number') return controlPlaneNodes;
  return { verb, nodes, controlPlaneNodes, offline: flags.offline ?? false };
}

function parseCount(flag: string, text: string | undefined, unset: number): number | UsageProblem {
  if (text === undefined) return unset;
  const count = /^\d+$/.test(text) ? Number(text) : Infinity;
  return count <= MOST_NODES ? count : { problem: `${flag} is a number from 0 to ${MOST_NODES}, not "${text}"` };
}
