import * as z from 'zod/mini';
import { ruleForTool, RULES, type PolicyConfig } from '../../../../shared/index.ts';
import { run } from '../../../command-line/run.ts';
import type { Commands } from '../../../command-line/verb.ts';
import { assumption, policyInForce } from '../../../policy/in-force.ts';
import type { Session } from '../../../session/session.ts';
import { screenOf } from '../line-screen.ts';
import { Enforcement } from '../wire.ts';

/** What `doctor -o json` prints, as far as the page shows it. */
const Report = z.object({ items: Enforcement.shape.checks });

/** What doctor is carried out with. */
export interface DoctorPorts {
  readonly commands: Commands;
  readonly version: string;
  readonly words: readonly string[];
}

/** Reads the policy in force, rule by rule, and has doctor look whether it is. */
export async function readEnforcement(session: Session, ports: DoctorPorts): Promise<Enforcement> {
  const [{ policy, source }, examined] = await Promise.all([policyInForce(session.cluster), examine(session, ports)]);
  return {
    assumed: assumption(source) ?? null,
    addonChange: policy.config.addonChange,
    rules: rulesOf(policy.config),
    ...examined,
  };
}

/** What a policy says, rule by rule, and tool by tool where that is something else. Pure. */
export function rulesOf(config: PolicyConfig): Enforcement['rules'] {
  return RULES.map(({ id, denies }) => {
    const { mode, scope, unknown, tools } = config.rules[id];
    const others = [...tools.keys()].map((tool) => ({ tool, ...pick(ruleForTool(config, id, tool)) }));
    // It is written for documents.
    return { id, about: denies.replaceAll('`', ''), mode, scope, unknown, tools: others };
  });
}

function pick({ mode, scope }: { readonly mode: string; readonly scope: string }): { mode: string; scope: string } {
  return { mode, scope };
}

async function examine(
  { signal }: Session,
  { commands, version, words }: DoctorPorts,
): Promise<Pick<Enforcement, 'checks' | 'failed'>> {
  const said: string[] = [];
  const printed: string[] = [];
  const screen = screenOf(({ kind, text }) => (kind === 'result' ? printed : said).push(text));
  await run({ argv: ['doctor', '--output=json', ...words], commands, screen, signal, version });
  const [report = ''] = printed;
  if (report === '') return { checks: [], failed: said.join('\n') };
  return { checks: Report.parse(JSON.parse(report)).items, failed: null };
}
