import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stageFileName, STAGE_FILES } from '../../control-plane/stages.ts';
import { scratchFolder } from './scratch-folder.ts';

/** A `go` that notes its arguments, and makes an empty program where the real one would have built it. */
export function fakeGo(ending = 'exit 0'): { path: string; calls: () => string[]; builds: () => string[] } {
  const folder = scratchFolder();
  const module = join(folder, 'kwok-module');
  for (const stage of STAGE_FILES) {
    const file = join(module, 'kustomize', 'stage', stage);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `metadata: { name: ${stageFileName(stage)} }\n`);
  }
  const calls = join(folder, 'calls');
  const script = `#!/bin/sh
echo "$*" >> ${calls}
case $1 in
list) echo ${module};;
build)
  while [ "$1" != -o ]; do shift; done
  folder=$2; shift 2; mkdir -p "$folder"
  for package; do sleep 0.05; echo built > "$folder$(basename "$package")"; chmod +x "$folder$(basename "$package")"; done
  ${ending};;
esac
`;
  writeFileSync(join(folder, 'go'), script, { mode: 0o755 });
  const noted = () => (existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []);
  return {
    path: `${folder}:/usr/bin:/bin`,
    calls: noted,
    builds: () => noted().filter((call) => call.startsWith('build ')),
  };
}
