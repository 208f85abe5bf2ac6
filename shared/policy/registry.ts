import type { Rule } from './rule.ts';
import { addon } from './rules/addon.ts';
import { backup } from './rules/backup.ts';
import { nodeGuard } from './rules/node-guard.ts';
import { placement } from './rules/placement.ts';
import { scan } from './rules/scan.ts';

/** Every rule, sorted by id. A new rule is one file, one line here and one folder of fixtures. */
export const RULES: readonly Rule[] = [addon, backup, nodeGuard, placement, scan];
