import { EXIT } from './terminal/exit-codes.ts';
import { run } from './command-line/run.ts';
import { screenFromStreams } from './terminal/screen.ts';
import { VERSION } from './command-line/version.ts';
import { COMMANDS } from './verbs.ts';

const interrupt = new AbortController();
const endings: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
// The first signal ends the command in order; the listener is gone then, so the second one ends the process at once.
for (const signal of endings)
  process.once(signal, () => {
    interrupt.abort(new Error(`interrupted by ${signal}`));
  });

// A reader that left (`| head -1`) is no reason to stop in the middle of a drain: the rest is said to nobody.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = EXIT.bug;
  });

/** What still goes on after an interruption (a login program that hangs) is left behind after so many ms: texts are written by then. */
const LINGER_MS = 500;

void run({
  argv: process.argv.slice(2),
  screen: screenFromStreams(process.stdout, process.stderr, process.env),
  signal: interrupt.signal,
  commands: COMMANDS,
  version: VERSION,
}).then((code) => {
  process.exitCode ??= code;
  if (interrupt.signal.aborted) setTimeout(() => process.exit(), LINGER_MS).unref();
});
