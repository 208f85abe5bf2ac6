/** Writes the tables of docs/ that come from the registries. With `--check` nothing is written, and a table that differs fails. */
import { CHECKS } from '../plugin/verbs/doctor/checks/registry.ts';
import { CHECKS as PREFLIGHT } from '../plugin/preflight/checks/registry.ts';
import { DATA_SYSTEMS } from '../plugin/preflight/data/registry.ts';
import { DEFAULT_POLICY, RULES, TOOLS } from '../shared/index.ts';
import { publishedBy } from '../packaging/published.ts';
import { publishedText } from './chart-published.ts';
import { commandSections, connectionFlags, exitCodes } from './generated-reference.ts';
import { generatedParts, table } from './generated-file.ts';
import { MET } from '../test/neighbours/neighbours.ts';
import { coverageOf, judgedPatterns, LEFT_OUT } from '../webhook/floor/coverage.ts';

const DOCS = [
  'README.md',
  'docs/data.md',
  'docs/doctor.md',
  'docs/drain.md',
  'docs/floor.md',
  'docs/policy.md',
  'docs/reference.md',
  'docs/tools.md',
];

const AFTER = {
  retried: 'tried again by itself',
  resumed: 'the latest run is made up for by itself',
  lost: 'this run is lost',
  failed: 'whoever asked sees the error',
} as const;

function rules(): string {
  const rows = RULES.map(({ id, denies }) => {
    const { mode, scope, unknown } = DEFAULT_POLICY.rules[id];
    return [`\`${id}\``, denies, mode, scope, unknown];
  });
  return table(['Rule', 'Refuses', 'Default mode', 'Looks at', 'Where it cannot be found out'], rows);
}

/** Why rules object, as scripts read it in `check -o json`. */
function reasons(): string {
  const rows = [...Map.groupBy(RULES, ({ reasons: own }) => own)].flatMap(([own, sharing]) =>
    Object.entries(own).map(([reason, { means }]) => [quotedAll(sharing.map(({ id }) => id)), `\`${reason}\``, means]),
  );
  return table(['Rule', 'Reason', 'Meaning'], rows);
}

/** Of the work that is decided: what the floor covers, and what it leaves to the webhook and why; by tool. */
function floor(): string {
  const decided = judgedPatterns(TOOLS, DEFAULT_POLICY).filter(({ outcome }) => outcome !== undefined);
  const byTool = [...Map.groupBy(decided, ({ tool }) => tool)].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = byTool.map(([tool, entries]) => {
    const patterns = entries.map((entry) => ({ what: entry.pattern.what, coverage: coverageOf(entry) }));
    const covered = patterns.flatMap(({ what, coverage }) => (typeof coverage === 'string' ? [] : [what]));
    const left = patterns.flatMap(({ what, coverage }) =>
      typeof coverage === 'string' ? [`${what}: ${LEFT_OUT[coverage]}`] : [],
    );
    return [`\`${tool}\``, [...new Set(covered)].join('; '), [...new Set(left)].join('; ')];
  });
  return table(['Tool', 'The floor decides', 'The webhook alone decides'], rows);
}

function checks(): string {
  const rows = CHECKS.map(({ id, asks, warns, fails }) => [`[\`${id}\`](#${id})`, asks, warns, fails]);
  return table(['Check', 'Asks', 'Warns', 'Fails'], rows);
}

function preflight(): string {
  const rows = PREFLIGHT.map(({ id, refuses, warns }) => [`\`${id}\``, refuses, warns]);
  return table(['Finding', 'Refuses (exit 3, or 4 for rights alone)', 'Warns'], rows);
}

/** Data systems: what they are known and asked by, and what comes of it. */
function dataSystems(): string {
  const rows = DATA_SYSTEMS.map(({ name, title, group, kinds, refuses, warns }) => {
    const reads = Object.values(kinds).map(({ group, plural, name, labels }) => {
      const which = name === undefined ? (labels === undefined ? '' : ` (${labels})`) : `/${name}`;
      return `\`${group === '' ? plural : `${plural}.${group}`}${which}\``;
    });
    return [title, `\`${name}\``, `\`${group}\``, reads.join(', '), refuses, warns];
  });
  return table(['System', 'Name', 'Known by', 'Lists', 'Refuses', 'Warns'], rows);
}

/** Whom the tests met alive, with what it takes to build them. */
function metAlive(): string {
  const rows = MET.map(({ title, version, passed, build, shows }) => [
    `${title} ${version}`,
    passed,
    build === undefined ? 'with the tests' : renderSeconds(build.seconds),
    build === undefined ? '' : `${build.megabytes} MB`,
    shows,
  ]);
  return table(['Met alive', 'Last passed', 'Build on two cores', 'Programs', 'What it shows'], rows);
}

function renderSeconds(seconds: number | undefined): string {
  return seconds === undefined ? 'not measured' : `${seconds} s`;
}

const KNOWN_FROM: Readonly<Record<(typeof TOOLS)[number]['known'], string>> = {
  manifests: 'its manifests',
  code: 'its code',
  documentation: 'its documentation',
  configuration: 'the configuration',
};

function howKnown({ id, known }: (typeof TOOLS)[number]): string {
  const met = MET.find(({ name }) => name === id);
  return met === undefined ? KNOWN_FROM[known] : `met alive: ${met.version}, ${met.passed}`;
}

function tools(work: 'backup' | 'scan'): string {
  const rows = TOOLS.flatMap((tool) => {
    const { id, title, source, patterns } = tool;
    const mine = patterns.filter((pattern) => pattern.work === work);
    const refused = mine.filter(({ role }) => role === 'leaf' || (role === 'root' && work === 'scan'));
    if (mine.length === 0) return [];
    const what = [...new Set(refused.map((pattern) => pattern.what))].join('; ');
    const then = [...new Set(refused.map(({ afterDenial }) => AFTER[afterDenial]))].join('; ');
    return [
      [
        `[${title}](${source})`,
        `\`${id}\``,
        what === '' ? 'nothing: it only leads to others' : what,
        then,
        howKnown(tool),
      ],
    ];
  });
  return table(['Tool', 'Id', 'What is refused', 'Then', 'Known from'], rows);
}

function delivery(): string {
  const rows = TOOLS.filter(({ delivers }) => delivers !== undefined).map((tool) => [
    `[${tool.title}](${tool.source})`,
    `\`${tool.id}\``,
    howKnown(tool),
  ]);
  return table(['Tool', 'Id', 'Known from'], rows);
}

/** What makes a Job a conventional backup. */
function conventionalBackups(): string {
  const conventional = TOOLS.find(({ id }) => id === 'conventional')?.patterns ?? [];
  const rows = conventional.map(({ match }) => [
    quotedAll(match.nameWords),
    [
      quotedAll([...(match.commands ?? []), ...(match.entrypoints ?? []).map((image) => `${image} (image)`)]),
      told('with', match.arguments),
      told('without', match.without),
      told('named with', match.runWords),
      told('set up by', match.settings),
    ]
      .filter((text) => text !== '')
      .join(' '),
  ]);
  return table(['Word in the name', 'What runs'], rows);
}

function told(how: string, words: readonly string[] | undefined): string {
  return words === undefined ? '' : `${how} ${quotedAll(words)}`;
}

function quotedAll(words: readonly string[] = []): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

const commands = await commandSections();
const published = await publishedBy('.');

const TABLES: Readonly<Record<string, () => string>> = {
  rules,
  reasons,
  met: metAlive,
  backups: () => tools('backup'),
  conventional: conventionalBackups,
  scans: () => tools('scan'),
  delivery,
  checks,
  preflight,
  data: dataSystems,
  floor,
  commands: () => commands,
  connection: connectionFlags,
  exits: exitCodes,
  published: () => publishedText(published),
};

for (const path of DOCS) await generatedParts(path, TABLES);
