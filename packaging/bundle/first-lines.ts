import { MINIMUM_NODE } from './node-version.ts';

/**
 * What a program begins with: how it is run, and what it says to a Node.js that is too old, in words that every one since
 * 0.12 can parse. The young generation is kept small: listing 100,000 pods page by page then stays far below 250 MiB.
 */
export const FIRST_LINES = `#!/usr/bin/env -S node --max-semi-space-size=4
(function(){var need=${JSON.stringify(MINIMUM_NODE)},have=process.versions.node.split('.').map(Number);
if(have[0]<need[0]||(have[0]===need[0]&&have[1]<need[1])){process.stderr.write('error: kubectl maint needs Node.js '+need.join('.')+' or newer, and this is '+process.version+': install it from https://nodejs.org or with your package manager\\n');process.exit(2)}})();
`;
