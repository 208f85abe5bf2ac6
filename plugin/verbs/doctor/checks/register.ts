import { isDeepStrictEqual } from 'node:util';
import {
  at,
  clean,
  FIELD_MANAGER,
  joinNames,
  listAt,
  numberAt,
  REGISTER_KIND,
  REGISTER_PLURAL,
  REGISTER_VERSION,
  registeredNodes,
  registerOf,
  textAt,
  type NodeFacts,
} from '../../../../shared/index.ts';
import { readRegister } from '../../../policy/register.ts';
import { checkOf } from '../check.ts';
import { fail, ok, skipped, warn, type Diagnosis } from '../diagnosis.ts';
import { CONTROLLER_LOGS } from '../../../policy/installation.ts';

/** What the API server's own policies go by, beside the nodes that it should list. */
export interface RegisterReading {
  /** Whether some policy goes by it. */
  readonly isRead: boolean;
  /** Whether the API server knows the kind. */
  readonly isDefined: boolean;
  /** Undefined where there is none. */
  readonly register: unknown;
  /** The nodes in maintenance, sorted by name. */
  readonly held: readonly NodeFacts[];
}

export const register = checkOf({
  id: 'register',
  asks: 'Whether the register, by which the API server knows of nodes in maintenance, is what the nodes say',
  warns: 'it lists a node that is not in maintenance, it has no room for all, or a stranger wrote it',
  fails: 'it is missing, or does not list a node in maintenance: the floor lets pass what is for that node',
  read: async (readings): Promise<RegisterReading> => {
    const [policies, resources, held] = await Promise.all([
      readings.policies(),
      readings.served(REGISTER_VERSION),
      readings.held(),
    ]);
    const isDefined = resources?.includes(REGISTER_PLURAL) === true;
    return {
      isRead: policies.some((policy) => textAt(policy, 'spec', 'paramKind', 'kind') === REGISTER_KIND),
      isDefined,
      register: isDefined ? await readRegister(readings.cluster) : undefined,
      held: held.map(({ facts }) => facts).sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
  },
  judge: judgeRegister,
});

const CONTROLLER = `the controller writes it, within milliseconds: ${CONTROLLER_LOGS} says what it lacks; where none runs, see docs/floor.md`;

/** Judges what it says. Pure. */
export function judgeRegister({ isRead, isDefined, register: found, held }: RegisterReading): readonly Diagnosis[] {
  if (!isRead) return [skipped('no policy in the API server goes by it (check floor)')];
  if (!isDefined) {
    return [
      fail(
        `the API server does not know the kind ${REGISTER_KIND}: its own policies refuse no backup and no scan`,
        'the chart brings the definition, and so does: maint-webhook policies | kubectl apply -f -, the first time twice (docs/floor.md)',
      ),
    ];
  }
  if (found === undefined) {
    return [fail('there is no register: the policies in the API server refuse no backup and no scan', CONTROLLER)];
  }
  const problems = [...unlike(found, held), ...strangers(found), ...crowded(found)];
  return problems.length > 0 ? problems : [ok(`it lists ${counted(registeredNodes(found).size)}, as the nodes say`)];
}

function unlike(found: unknown, held: readonly NodeFacts[]): readonly Diagnosis[] {
  const wanted = registerOf(held).nodes;
  const listed = registeredNodes(found);
  const isOther = (name: string): boolean => !isDeepStrictEqual(at(found, 'spec', 'nodes', name), wanted[name]);
  const names = Object.keys(wanted);
  const missing = names.filter((name) => !listed.has(name));
  const extra = [...listed].filter((name) => !Object.hasOwn(wanted, name));
  const others = names.filter((name) => listed.has(name) && isOther(name));
  return [
    ...(missing.length === 0
      ? []
      : [
          fail(
            `it does not list ${joinNames(missing)}: while no webhook answers, nothing is kept off there`,
            CONTROLLER,
          ),
        ]),
    ...(extra.length === 0
      ? []
      : [
          {
            ...warn(`it lists ${joinNames(extra)}, not in maintenance: work is refused for nothing`, CONTROLLER),
            names: { nodes: extra },
          },
        ]),
    ...(others.length === 0
      ? []
      : [
          warn(`what it says of ${joinNames(others)} is not what the record says (exceptions, owner, end)`, CONTROLLER),
        ]),
  ];
}

/** Who wrote the list, as the API server keeps it; who made it empty wrote nothing. */
function strangers(found: unknown): readonly Diagnosis[] {
  if (registeredNodes(found).size === 0) return [];
  const names = listAt(found, 'metadata', 'managedFields')
    .filter((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:nodes') !== undefined)
    .map((entry) => textAt(entry, 'manager') ?? '')
    .filter((manager) => manager !== FIELD_MANAGER);
  if (names.length === 0) return [];
  return [
    warn(
      `its list was written by ${clean(names.join(', '), 200)}, not by its controller`,
      `${CONTROLLER}; the policy register.kubectl-maint.io keeps strangers off`,
    ),
  ];
}

function crowded(found: unknown): readonly Diagnosis[] {
  const left = numberAt(found, 'spec', 'unlisted') ?? 0;
  return left === 0
    ? []
    : [
        warn(
          `it has no room for ${counted(left)} in maintenance: only the webhook keeps work off these`,
          'docs/floor.md',
        ),
      ];
}

function counted(nodes: number): string {
  return nodes === 1 ? 'one node' : `${nodes} nodes`;
}
