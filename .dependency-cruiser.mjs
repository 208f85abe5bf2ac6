/** What the verbs of the plugin share, from the ground up: a room imports from those before it, never from one behind it. */
const ROOMS = [
  'terminal',
  'session',
  'logs',
  'policy',
  'nodes',
  'kept-off',
  'drain',
  '(preflight|health)',
  'command-line',
  'expectations',
  'command',
  'hooks',
  'detached',
];

/** No arrow back up: for each room those behind it, and the verbs. */
const upward = ROOMS.map((room, index) => ({
  name: `plugin-${room.replaceAll(/[()]/g, '').replace('|', '-and-')}-looks-up`,
  comment: 'A room serves those behind it and knows none of them: hand in what it needs, or move the shared part here.',
  severity: 'error',
  from: { path: `^plugin/${room}/` },
  to: { path: `^plugin/(${[...ROOMS.slice(index + 1), 'verbs'].join('|')})/` },
}));

/** The boundaries of the house. Each message names the fix. */
export default {
  forbidden: [
    ...upward,
    {
      name: 'one-verb-one-room',
      comment:
        'A verb does not reach into the room of another: what two of them need belongs to a room that verbs share.',
      severity: 'error',
      from: { path: '^plugin/verbs/([^/]+)/', pathNot: '^plugin/verbs/(run|ui)/' },
      to: { path: '^plugin/verbs/', pathNot: '^plugin/verbs/$1/' },
    },
    {
      name: 'run-is-on-and-off-around-a-command',
      comment:
        'run takes nodes into maintenance and back as on and off do, by what their index.ts offers; of other verbs it uses nothing.',
      severity: 'error',
      from: { path: '^plugin/verbs/run/' },
      to: { path: '^plugin/verbs/', pathNot: ['^plugin/verbs/run/', '^plugin/verbs/(on|off)/index\\.ts$'] },
    },
    {
      name: 'ui-shows-what-status-says',
      comment:
        'ui reads by what index.ts of status offers, so that page and table say the same; what it carries out are command lines.',
      severity: 'error',
      from: { path: '^plugin/verbs/ui/' },
      to: { path: '^plugin/verbs/', pathNot: ['^plugin/verbs/ui/', '^plugin/verbs/status/index\\.ts$'] },
    },
    {
      name: 'the-page-is-no-part-of-the-program',
      comment:
        'What the browser runs is bundled by itself: it shares wire.ts with the server, and words with shared/, nothing else.',
      severity: 'error',
      from: { path: '^plugin/verbs/ui/page/' },
      to: { path: '^plugin/', pathNot: ['^plugin/verbs/ui/page/', '^plugin/verbs/ui/wire\\.ts$'] },
    },
    {
      name: 'the-page-takes-words-from-shared',
      comment:
        'Behind shared/index.ts are packages that no browser has: the page writes durations and failures as everybody, nothing else.',
      severity: 'error',
      from: { path: '^plugin/verbs/ui/page/' },
      to: { path: '^shared/', pathNot: '^shared/(duration|errors)\\.ts$' },
    },
    {
      name: 'the-program-needs-nothing-of-the-page',
      comment: 'The server serves the page as text: what both need belongs to wire.ts.',
      severity: 'error',
      from: { path: '^plugin/', pathNot: '^plugin/verbs/ui/page/' },
      to: { path: '^plugin/verbs/ui/page/' },
    },
    {
      name: 'no-cycles',
      // Types may: a rule's id is what the registry lists, and the registry lists rules.
      comment: 'Two files that need each other to run are one idea, or hide a third: move the shared part out.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file: delete it.',
      severity: 'error',
      from: { orphan: true, path: '^(shared|plugin|webhook)/', pathNot: '(/main|\\.d)\\.tsx?$' },
      to: {},
    },
    {
      name: 'shared-stands-alone',
      comment: 'shared/ knows neither shell: hand in what it needs as data or through a port of shared/cluster.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(plugin|webhook|test)/' },
    },
    {
      name: 'shared-is-pure',
      comment: 'Only shared/cluster/live may do I/O: put the call there, behind a port.',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/cluster/live/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-has-one-door',
      comment: 'Import from shared/index.ts; export there what is missing.',
      severity: 'error',
      from: { path: '^(plugin|webhook)/', pathNot: '^plugin/verbs/ui/page/' },
      to: { path: '^shared/', pathNot: '^shared/index\\.ts$' },
    },
    {
      name: 'plugin-and-webhook-never-meet',
      comment: 'What both need belongs to shared/.',
      severity: 'error',
      from: { path: '^plugin/' },
      to: { path: '^webhook/' },
    },
    {
      name: 'webhook-and-plugin-never-meet',
      comment: 'What both need belongs to shared/.',
      severity: 'error',
      from: { path: '^webhook/' },
      to: { path: '^plugin/' },
    },
    {
      name: 'what-listens-does-not-keep',
      comment:
        'Who answers the network cannot write, and has nothing of what does: move what both need beside the two rooms.',
      severity: 'error',
      from: { path: '^webhook/(admission|denials)/' },
      to: { path: '^webhook/controller/' },
    },
    {
      name: 'what-keeps-does-not-listen',
      comment:
        'The controller takes no requests, and has nothing of what does: move what both need beside the two rooms.',
      severity: 'error',
      from: { path: '^webhook/controller/' },
      to: { path: '^webhook/(admission|denials)/' },
    },
    {
      name: 'tests-are-not-shipped',
      comment: 'What is shipped, and what makes it, does not import from test/.',
      severity: 'error',
      from: { path: '^(shared|plugin|webhook|packaging)/' },
      to: { path: '^test/' },
    },
    {
      name: 'packaging-stands-outside',
      comment: 'No program needs what puts it together: move the part that both need into shared/.',
      severity: 'error',
      from: { path: '^(shared|plugin|webhook)/' },
      to: { path: '^packaging/' },
    },
    {
      name: 'yargs-lives-in-two-rooms',
      comment:
        'argv becomes values in plugin/command-line/read-values.ts or webhook/options/; everyone else takes those.',
      severity: 'error',
      from: { path: '^(shared|plugin|webhook)/', pathNot: '^(plugin/command-line/read-values\\.ts|webhook/options/)' },
      to: { path: 'node_modules/yargs' },
    },
    {
      name: 'of-the-client-types-only',
      comment: 'The Kubernetes client says what objects look like: use `import type` (docs/decisions/0002).',
      severity: 'error',
      from: { path: '^(shared|plugin|webhook)/' },
      to: { path: 'node_modules/@kubernetes', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'This import does not resolve: install it or fix the path.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.mjs', '.js'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
