import { describe, expect, it } from 'vitest';
import { parseClusterCommand } from '../../control-plane/cluster-command.ts';

describe('parseClusterCommand', () => {
  it.each([
    [[], { verb: 'help' }],
    [['--help'], { verb: 'help' }],
    [['down', '-h'], { verb: 'help' }],
    [['up'], { verb: 'up', nodes: 3, controlPlaneNodes: 0, offline: false }],
    [['up', '--nodes', '5', '--control-planes=3'], { verb: 'up', nodes: 5, controlPlaneNodes: 3, offline: false }],
    [['up', '--nodes=0'], { verb: 'up', nodes: 0, controlPlaneNodes: 0, offline: false }],
    [['up', '--offline'], { verb: 'up', nodes: 3, controlPlaneNodes: 0, offline: true }],
    [['down'], { verb: 'down' }],
    [['status'], { verb: 'status' }],
  ])('%j', (args, command) => {
    expect(parseClusterCommand(args)).toEqual(command);
  });

  it.each([
    [['upp'], 'unknown word "upp": it is up, status or down'],
    [['down', 'now'], 'unexpected word "now" after "down"'],
    [['status', '--nodes', '3'], '"status" takes no options'],
    [['down', '--offline'], '"down" takes no options'],
    [['up', '--nodes', '-1'], /--nodes/],
    [['up', '--nodes', 'many'], '--nodes is a number from 0 to 10000, not "many"'],
    [['up', '--nodes', '99999'], '--nodes is a number from 0 to 10000, not "99999"'],
    [['up', '--size', '1'], "Unknown option '--size'"],
  ])('%j is refused', (args, problem) => {
    const answer = parseClusterCommand(args);
    expect('problem' in answer ? answer.problem : '').toMatch(problem);
  });
});
