import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** What Debian, Fedora and others call it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const MISSING = 'there is no Chromium here: apt-get install chromium, or set CHROME_PATH';

/** The path of a Chromium on this machine; CHROME_PATH says otherwise. Undefined: there is none. */
async function browserPath(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const paths = [env['CHROME_PATH'] ?? '', ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))];
  for (const path of paths) if (path !== '' && (await isProgram(path))) return path;
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** For tests: where there is none they are skipped, and one line says why. */
export async function browserOrSkip(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const path = await browserPath(env);
  if (path === undefined) process.stderr.write(`browser: skipped, ${MISSING}\n`);
  return path;
}

/** For what is nothing without one. Throws where there is none. */
export async function browserOrThrow(env: NodeJS.ProcessEnv): Promise<string> {
  const path = await browserPath(env);
  if (path === undefined) throw new Error(MISSING);
  return path;
}

/** Starts it without a window. A container's root has no namespaces for its sandbox. */
export function launchBrowser(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...args, ...more] });
}
