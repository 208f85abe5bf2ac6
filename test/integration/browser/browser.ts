import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** What Debian, Fedora and others call it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The path of a Chromium on this machine; CHROME_PATH says otherwise. Undefined: there is none. */
export async function browserPath(env: NodeJS.ProcessEnv): Promise<string | undefined> {
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

/** Starts it without a window. A container's root has no namespaces for its sandbox. */
export function launchBrowser(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...args, ...more] });
}

/** Says in one line why tests that need a browser are skipped, where they are. */
export function tellMissingBrowser(path: string | undefined): void {
  if (path === undefined)
    process.stderr.write('browser: skipped, there is no Chromium here: apt-get install chromium, or set CHROME_PATH\n');
}
