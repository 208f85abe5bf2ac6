import { spawn } from 'node:child_process';

/** How each platform opens an address with what its person has chosen for that. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // `start` is the shell's own; the first word in quotes would be the title of a window.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Elsewhere (xdg-utils). */
const OPENER: readonly [string, ...string[]] = ['xdg-open'];

/** Opens an address in the person's browser; resolves with whether something took it. */
export function openBrowser(address: string, platform: NodeJS.Platform): Promise<boolean> {
  const [program, ...words] = OPENERS[platform] ?? OPENER;
  return new Promise((resolve) => {
    const opener = spawn(program, [...words, address], { stdio: 'ignore', detached: true });
    opener.once('error', () => {
      resolve(false);
    });
    opener.once('exit', (code) => {
      resolve(code === 0);
    });
    opener.unref();
  });
}
