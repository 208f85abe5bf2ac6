import process from 'node:process';
import { run } from './run.ts';

void run({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  onSignal: (listener) => process.on('SIGTERM', listener).on('SIGINT', listener),
}).then((code) => {
  process.stdout.write('', () => process.exit(code));
});
