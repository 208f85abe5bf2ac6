import type { Caller } from '../../session/connect.ts';
import { withCluster } from '../../session/in-session.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { VersionOperation } from './flags.ts';
import { clientText } from './text.ts';

/** Tells the versions. Where no cluster answers, that of the client is told all the same, and the failure as everywhere. */
export async function runVersion({ cluster: flags, format }: VersionOperation, caller: Caller): Promise<ExitCode> {
  const { screen, version } = caller;
  if (format === 'text') screen.data(clientText(version, format));
  const report = await withCluster(flags, caller, async (cluster) => {
    // The policy comes with all its tools: who has no cluster does not wait for it.
    const { readVersions } = await import('./read.ts');
    return readVersions(version, cluster);
  }).catch((thrown: unknown) => {
    if (format !== 'text') screen.data(clientText(version, format));
    throw thrown;
  });
  const { documentOf, linesOf } = await import('./report.ts');
  if (format === 'text') for (const line of linesOf(report).slice(1)) screen.result(line);
  else screen.data(await inFormat(documentOf(report), format));
  for (const warning of report.warnings) screen.warn(warning);
  return EXIT.done;
}

async function inFormat(document: object, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return JSON.stringify(document, undefined, 2);
  return (await import('yaml')).stringify(document).trimEnd();
}
