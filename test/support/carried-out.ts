/**
 * Where the commands of the pages are carried out, and why some are not. Of each command the first entry that fits decides, so
 * entries about single lines stand before the one about the rest of their heading or page.
 */
import { commandsOn, PAGES, type Documented } from './documented.ts';

/** Everyday pages, in a cluster with the chart; those about the chart itself; and those about a webhook beside the cluster. */
export const WITH_CHART = 'test/integration/docs/with-chart.test.ts';
export const CHART_LIFE = 'test/integration/docs/chart-life.test.ts';
export const WITH_PROCESS = 'test/integration/docs/with-process.test.ts';
const README = 'test/integration/docs/readme.test.ts';
const STORIES = 'test/integration/plugin/run-stories.test.ts';
const PUBLISH = 'test/integration/release/publish.test.ts';

/** What becomes of some commands: `by` names the test that carries them out, `not` says why none does. */
export interface Entry {
  readonly page: string;
  /** Below this heading alone. */
  readonly heading?: string;
  /** These lines alone. */
  readonly lines?: RegExp;
  readonly what: { readonly by: string } | { readonly not: string };
}

const by = (test: string): Entry['what'] => ({ by: test });
const not = (reason: string): Entry['what'] => ({ not: reason });

const REAL_NODES = not('a pod on a node that really runs it, and really reboots: test/node/on-node.test.ts');

export const ENTRIES: readonly Entry[] = [
  { page: 'CONTRIBUTING.md', what: not('scripts of this repository, of which CI runs what it can') },

  { page: 'README.md', heading: 'See it work, on a fresh machine', what: not('the demo, and all tests') },
  {
    page: 'README.md',
    heading: 'Install',
    lines: /^(?:kubectl krew|sudo tar|npm install) /,
    what: not('files of a release, which test/integration/release and test/release build and install'),
  },
  { page: 'README.md', heading: 'Install', lines: /^npm ci /, what: not('builds this repository, as CI does before') },
  { page: 'README.md', heading: 'Install', lines: /^maint-webhook /, what: by(WITH_PROCESS) },
  { page: 'README.md', heading: 'Install', what: by(WITH_CHART) },
  { page: 'README.md', heading: 'Your first maintenance', what: by(README) },
  { page: 'README.md', heading: 'Use', what: by(README) },
  { page: 'charts/kubectl-maint/README.md', what: by(CHART_LIFE) },

  { page: 'docs/check.md', what: by(WITH_CHART) },
  { page: 'docs/configuration.md', what: by(WITH_CHART) },
  { page: 'docs/data.md', what: by(WITH_CHART) },
  { page: 'docs/detach.md', lines: / \.\.\.$/, what: not('a line above it once more, abridged') },
  { page: 'docs/detach.md', what: by(WITH_CHART) },
  { page: 'docs/doctor.md', what: by(WITH_CHART) },
  { page: 'docs/drain.md', what: by(WITH_CHART) },
  { page: 'docs/exceptions.md', what: by(WITH_CHART) },
  { page: 'docs/floor.md', heading: 'Without the chart', what: by(WITH_PROCESS) },
  { page: 'docs/floor.md', what: by(WITH_CHART) },
  { page: 'docs/hooks.md', what: by(WITH_CHART) },
  { page: 'docs/maintenance.md', lines: / {5,}kubectl /, what: not('part of a picture') },
  {
    page: 'docs/maintenance.md',
    lines: /^kubectl maint redo/,
    what: not('goes by refusals of a day with Velero: test/integration/plugin/redo.test.ts'),
  },
  { page: 'docs/maintenance.md', what: by(WITH_CHART) },
  { page: 'docs/process.md', what: by(WITH_PROCESS) },
  { page: 'docs/reboot.md', lines: / --reboot$/, what: REAL_NODES },
  { page: 'docs/reboot.md', what: by(WITH_CHART) },
  { page: 'docs/reference.md', what: not('generated; its lines are parsed: test/unit/docs/command-lines.test.ts') },
  {
    page: 'docs/release.md',
    heading: 'How a release is made',
    what: not('the tools of a release, downloaded, and a rehearsal of ten minutes'),
  },
  { page: 'docs/release.md', lines: /^gh /, what: not('asks GitHub for what its workflow has attested') },
  { page: 'docs/release.md', what: by(PUBLISH) },

  { page: 'docs/run.md', heading: 'On the node itself', lines: /^kubectl maint run /, what: REAL_NODES },
  {
    page: 'docs/run.md',
    heading: 'A kernel update, with a reboot, on the node',
    lines: /^kubectl maint run /,
    what: REAL_NODES,
  },
  {
    page: 'docs/run.md',
    heading: 'A kernel update, with a reboot, on the node',
    what: by('test/node/on-node.test.ts'),
  },
  { page: 'docs/run.md', heading: 'An upgrade with kubeadm', lines: / --dry-run=client /, what: by(WITH_CHART) },
  { page: 'docs/run.md', heading: 'An upgrade with kubeadm', what: by(STORIES) },
  { page: 'docs/run.md', lines: / --wait-window /, what: not('waits for a Sunday') },
  { page: 'docs/run.md', heading: "A cloud's nodes are replaced", what: by(STORIES) },
  { page: 'docs/run.md', what: by(WITH_CHART) },

  { page: 'docs/status.md', what: by(WITH_CHART) },
  { page: 'docs/ui.md', what: by(WITH_CHART) },
  { page: 'docs/uninstall.md', what: by(CHART_LIFE) },
  {
    page: 'docs/upgrade.md',
    heading: 'A new authority, because its key is known to somebody',
    what: by('test/integration/webhook/replicas.test.ts'),
  },
  {
    page: 'docs/upgrade.md',
    heading: 'Another source of certificates',
    what: by('test/integration/webhook/foreign-authority.test.ts'),
  },
  { page: 'docs/upgrade.md', what: by(CHART_LIFE) },
];

/** The entry that decides about a command. */
export function entryFor({ page, heading, line }: Documented): Entry | undefined {
  return ENTRIES.find(
    (entry) =>
      entry.page === page &&
      (entry.heading === undefined || entry.heading === heading) &&
      (entry.lines === undefined || entry.lines.test(line)),
  );
}

/** The commands of all pages that a test has to carry out. */
export function commandsFor(test: string): readonly Documented[] {
  return PAGES.flatMap(commandsOn).filter((command) => {
    const what = entryFor(command)?.what;
    return what !== undefined && 'by' in what && what.by === test;
  });
}
