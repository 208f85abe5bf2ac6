import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../../packaging/cache-folder.ts';
import { GO_VERSION, KUBERNETES_VERSION } from '../control-plane/versions.ts';

const CLIENT = KUBERNETES_VERSION.replace(/^1\./, 'v0.');

/** The path of a driver of test/bench/go, built once with the Go client of our Kubernetes version and kept. */
export function goDriver(name: string): string {
  const path = join(cacheRoot(process.env), `bench-${name}-${CLIENT}`);
  if (existsSync(path)) return path;
  process.stderr.write(`building the Go driver ${name} ...\n`);
  // Beside its place, and renamed at the end: two runs at once do not spoil each other.
  mkdirSync(cacheRoot(process.env), { recursive: true });
  const module = mkdtempSync(join(cacheRoot(process.env), '.bench-'));
  try {
    writeFileSync(join(module, 'go.mod'), goMod(name));
    copyFileSync(join(import.meta.dirname, 'go', name, 'main.go'), join(module, 'main.go'));
    const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
    const { status, stderr } = spawnSync('go', ['build', '-mod=mod', '-o', 'driver', '.'], {
      cwd: module,
      env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`go could not build ${name}: ${stderr.slice(-2000)}`);
    renameSync(join(module, 'driver'), path);
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
  return path;
}

function goMod(name: string): string {
  const modules = ['api', 'apimachinery', 'client-go'].map((module) => `\tk8s.io/${module} ${CLIENT}`);
  return `module kubectl-maint.io/bench/${name}\n\ngo ${GO_VERSION}.0\n\nrequire (\n${modules.join('\n')}\n)\n`;
}
