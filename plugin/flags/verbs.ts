import type { Argv } from 'yargs';
import type { Operation } from '../operation.ts';
import { allowOperation, allowOptions } from './allow.ts';
import { checkOperation, checkOptions } from './check.ts';
import { doctorOperation, doctorOptions } from './doctor.ts';
import { completionOperation, completionOptions } from './completion.ts';
import { offOperation, offOptions } from './off.ts';
import { onOperation, onOptions } from './on.ts';
import { runOperation, runOptions } from './run.ts';
import { statusOperation, statusOptions } from './status.ts';
import { versionOperation, versionOptions } from './version.ts';
import type { Words } from './words.ts';

/** A command of the plugin. What its flags are, yargs is told; help, completion and docs read it off from there. */
export interface Verb {
  readonly name: string;
  /** What follows the name, as yargs takes it. */
  readonly words: '' | ' [node...]' | ' [shell]';
  /** What follows the name, as people read it. */
  readonly usage: string;
  /** What it does, as a sentence without a full stop. */
  readonly about: string;
  /** Tells its flags to yargs, or to whoever listens in its place. */
  readonly tell: (yargs: Argv) => unknown;
  /** Makes it a command (`on [node...]`) of a program. */
  readonly addTo: (program: Argv, command: string, asking: Asking) => Argv;
}

/** The words of a command line, and who wants to know what they ask for. */
export interface Asking {
  readonly words: Words;
  readonly ask: (operation: Operation) => void;
}

const NODES = { words: ' [node...]', usage: '(NODE... | -l SELECTOR)' } as const;

/** Every command, in the order of its help. A new one is a file beside this, and an entry here. */
export function verbs(version: string): readonly Verb[] {
  return [
    {
      ...NODES,
      name: 'on',
      about: 'Take nodes into maintenance: mark, cordon, drain',
      tell: onOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', onOptions, (argv) => {
          ask(onOperation(argv));
        }),
    },
    {
      ...NODES,
      name: 'off',
      about: 'Bring nodes back when they are healthy',
      tell: offOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', offOptions, (argv) => {
          ask(offOperation(argv));
        }),
    },
    {
      ...NODES,
      name: 'run',
      usage: '(NODE... | -l SELECTOR) -- COMMAND [ARG...]',
      about: 'Run a command on nodes in maintenance, one after the other',
      tell: runOptions,
      addTo: (program, command, { ask, words }) =>
        program.command(command, '', runOptions, (argv) => {
          ask(runOperation(argv, words));
        }),
    },
    {
      ...NODES,
      name: 'allow',
      about: 'Break-glass: let refused work pass for a while',
      tell: allowOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', allowOptions, (argv) => {
          ask(allowOperation(argv));
        }),
    },
    {
      ...NODES,
      name: 'status',
      usage: '[NODE... | -l SELECTOR]',
      about: 'Show what is in maintenance',
      tell: statusOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', statusOptions, (argv) => {
          ask(statusOperation(argv));
        }),
    },
    {
      name: 'check',
      words: '',
      usage: '-f FILENAME',
      about: 'Say what the webhook would say of manifests',
      tell: checkOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', checkOptions, (argv) => {
          ask(checkOperation(argv));
        }),
    },
    {
      name: 'doctor',
      words: '',
      usage: '',
      about: 'Say whether enforcement is live',
      tell: doctorOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', doctorOptions, (argv) => {
          ask(doctorOperation(argv));
        }),
    },
    {
      name: 'completion',
      words: ' [shell]',
      usage: '(bash | zsh | fish)',
      about: 'Print the completion of a shell for kubectl-maint',
      tell: completionOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', completionOptions, (argv) => {
          ask(completionOperation(argv));
        }),
    },
    {
      name: 'version',
      words: '',
      usage: '',
      about: 'Print the version',
      tell: versionOptions,
      addTo: (program, command, { ask }) =>
        program.command(command, '', versionOptions, (argv) => {
          ask(versionOperation(argv, version));
        }),
    },
  ];
}
