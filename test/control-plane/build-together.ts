import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import type { Environment } from '../../packaging/cache-folder.ts';
import { PROGRESS_EVERY_MS, renderForecast, renderProgress } from './build-progress.ts';
import { renderElapsed } from './elapsed.ts';
import { go, goLogPath } from './go-program.ts';

/** A process of the compiler needs up to 2 GiB without garbage collection: less for each, and it has to collect. */
const LEAST_MEMORY_WITHOUT_COLLECTION = 3 * 2 ** 30;

/** In which folder's Go module, with which `-ldflags`, and what people read of it. */
export interface Together {
  readonly module: string;
  readonly linkerFlags: string;
  readonly what: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
}

/**
 * Builds programs of one Go module by one command: packages that they share are compiled once, and links run beside
 * compiles. Gives the folder with the programs, each named as the last element of its package.
 */
export async function buildTogether(
  packages: readonly string[],
  { module, linkerFlags, what, env, log }: Together,
): Promise<string> {
  const drafts = `${module}-programs`;
  const call = { what, module, env: withoutCollection(env) };
  // Debug information would only be thrown away by the linker; compiling without it is a fifth faster. Before 1.31 the
  // programs have a cloud provider in them, unless they are told so.
  const flags = ['-mod=mod', '-tags=providerless', '-gcflags=all=-dwarf=false', '-ldflags', linkerFlags];
  log(`building ${what} ...`);
  const start = Date.now();
  const listed = await go(['list', ...flags, '-deps', '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', ...packages], call);
  const needed = packagesIn(listed);
  log(renderForecast(needed, availableParallelism()));
  const compilesFrom = Date.now();
  const progress = setInterval(() => {
    void readFile(goLogPath(module), 'utf8').then((text) => {
      log(renderProgress({ compiled: packagesIn(text), needed, elapsedMs: Date.now() - compilesFrom }));
    });
  }, PROGRESS_EVERY_MS);
  try {
    await go(['build', '-v', ...flags, '-o', `${drafts}/`, ...packages], call);
  } finally {
    clearInterval(progress);
  }
  log(`built ${what} in ${renderElapsed(Date.now() - start)}`);
  return drafts;
}

/** The compiler's garbage collection costs a third of the time; it stays on where memory is short or somebody has chosen. */
function withoutCollection(env: Environment): Environment {
  // One compiler a core, and a linker beside them.
  const each = Math.floor(totalmem() / (availableParallelism() + 2));
  if (env['GOGC'] !== undefined || each < LEAST_MEMORY_WITHOUT_COLLECTION) return env;
  return { GOMEMLIMIT: String(each), ...env, GOGC: 'off' };
}

/** Go names a package on a line of its own, and begins what it says itself with `go: `. */
function packagesIn(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('go: ')).length;
}
