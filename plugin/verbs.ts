import type { Commands, VerbEntry } from './command-line/verb.ts';

/**
 * Every command, in the order of its help; what belongs to one is loaded when it is asked for. A new one is a folder beside
 * these, and an entry here.
 */
export function verbs(version: string): readonly VerbEntry[] {
  return [
    { name: 'on', load: async () => (await import('./verbs/on/index.ts')).on },
    { name: 'off', load: async () => (await import('./verbs/off/index.ts')).off },
    { name: 'run', load: async () => (await import('./verbs/run/index.ts')).run },
    { name: 'allow', load: async () => (await import('./verbs/allow/index.ts')).allow },
    { name: 'status', load: async () => (await import('./verbs/status/index.ts')).status },
    { name: 'check', load: async () => (await import('./verbs/check/index.ts')).check },
    { name: 'doctor', load: async () => (await import('./verbs/doctor/index.ts')).doctor },
    { name: 'completion', load: async () => (await import('./verbs/completion/index.ts')).completion },
    { name: 'version', load: async () => (await import('./verbs/version/index.ts')).versionVerb(version) },
  ];
}

/** These commands, and the hidden one that completes them. */
export function commands(version: string): Commands {
  return {
    verbs: verbs(version),
    completing: async (words, all) => (await import('./verbs/completion/complete-flags.ts')).completing(words, all),
  };
}
