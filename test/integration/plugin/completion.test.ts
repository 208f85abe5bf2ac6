/** Completion as people meet it: through a real kubectl, and through the script of the shell. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHELLS } from '../../../plugin/verbs/completion/scripts.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { pluginEnvironment, pluginRunner, runProgram } from '../../support/plugin-run.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: ['worker-1', 'worker-2', 'other'].map((name) => ({ name })),
    users: [{ name: 'ana', groups: ['system:masters'] }],
    controllerManager: false,
    scheduler: false,
    kwok: false,
  });
  const on = await pluginRunner(plane).maint(['on', 'worker-2', '--mode=cordon'], { user: 'ana' });
  expect(on, on.stderr).toMatchObject({ code: 0 });
});
afterAll(() => plane.stop());

/** What kubectl's completion scripts are told: the lines, and the directive in words. */
async function byKubectl(...words: readonly string[]): Promise<string> {
  const { code, stdout } = await runProgram(
    plane.kubectlPath,
    ['__complete', 'maint', ...words],
    pluginEnvironment(plane.kubeconfig),
  );
  expect(code).toBe(0);
  return stdout;
}

describe('kubectl completes', () => {
  test.each([
    [['st'], 'status\tShow what is in maintenance\n:36\n'],
    [['off', ''], 'worker-2\tin maintenance for ana\n:4\n'],
    [['on', 'wor'], 'worker-1\nworker-2\tin maintenance for ana\n:4\n'],
    [['on', 'worker-1', 'node/'], 'node/other\nnode/worker-2\tin maintenance for ana\n:4\n'],
    [['off', 'worker-2', '--owner', ''], 'ana\n:4\n'],
    [['on', 'worker-1', '--mode', ''], 'drain\ncordon\n:36\n'],
    [
      ['off', '--heal'],
      '--healthy-for\tHow long the node must stay clean: Ready, heartbeat in time, no pressure\n:36\n',
    ],
    [['off', '--server', 'http://127.0.0.1:1', ''], ':4\n'],
    [['check', '-f', ''], ':0\n'],
  ])('%j', async (words, lines) => {
    expect(await byKubectl(...words)).toBe(lines);
  });
});

/** Sources the script in the shell, and completes as a person who types words of Bash (they end at `=`). */
const BASH = `
source <(kubectl-maint completion bash)
complete -p kubectl-maint >&2
for line in "$@"; do
  read -ra COMP_WORDS <<< "$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  compopt() { :; }
  _kubectl_maint
  echo "\${COMPREPLY[*]}"
done`;

describe('bash completes kubectl-maint', () => {
  test.each([
    ['kubectl-maint st', 'status'],
    ['kubectl-maint off ', 'worker-2'],
    ['kubectl-maint on worker-1 --mode = co', 'cordon'],
    ['kubectl-maint on worker-1 --mode =', 'drain cordon'],
    ['kubectl-maint on wor', 'worker-1 worker-2'],
  ])('%s', async (line, words) => {
    const ran = await runProgram('bash', ['--norc', '-c', BASH, 'bash', line], pluginEnvironment(plane.kubeconfig));
    expect(ran).toMatchObject({ code: 0, stdout: `${words}\n`, stderr: 'complete -F _kubectl_maint kubectl-maint\n' });
  });
});

/** Whether a shell can be asked. */
function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit']).status === 0;
}

describe.each(SHELLS)('%s', (shell) => {
  test.runIf(isInstalled(shell))('takes its script', async () => {
    const check = `kubectl-maint completion ${shell} | ${shell} -n`;
    const ran = await runProgram('bash', ['-c', check], pluginEnvironment(plane.kubeconfig));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });
});

test.runIf(isInstalled('fish'))('fish completes kubectl-maint', async () => {
  const script = 'kubectl-maint completion fish | source; complete -C "kubectl-maint off "';
  const ran = await runProgram('fish', ['-N', '-c', script], pluginEnvironment(plane.kubeconfig));
  expect(ran.stdout).toBe('worker-2\tin maintenance for ana\n');
});
