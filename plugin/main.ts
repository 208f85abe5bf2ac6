import { run } from './run.ts';
import { screenFromStreams } from './screen.ts';
import { VERSION } from './version.ts';

const interrupt = new AbortController();
const endings: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
// The first signal ends the command in order; the listener is gone then, so the second one ends the process at once.
for (const signal of endings)
  process.once(signal, () => {
    interrupt.abort(new Error(`interrupted by ${signal}`));
  });

void run({
  argv: process.argv.slice(2),
  screen: screenFromStreams(process.stdout, process.stderr),
  signal: interrupt.signal,
  version: VERSION,
}).then((code) => {
  process.exitCode = code;
});
