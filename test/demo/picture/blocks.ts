/** A command of the demo, and what it wrote. */
export interface Block {
  readonly command: string;
  readonly output: readonly string[];
}

/** What the demo tells, command by command; throws where not everything came out as expected. Pure. */
export function blocksOf(story: string): readonly Block[] {
  if (!/^[1-9]\d* expectations met, 0 not, /m.test(story)) throw new Error('the demo did not come out as expected');
  const told = story.split('\n').filter((line) => line.startsWith('   ') && !/^ {3}(?:ok {2}|FAIL) /.test(line));
  return told
    .map((line) => line.slice(3))
    .join('\n')
    .split(/^\$ /m)
    .slice(1)
    .map((block) => {
      const [command = '', ...output] = block.trimEnd().split('\n');
      return { command, output };
    });
}

/** What a look at the whole job needs: the way in, a refusal, a change that is held back, and the way back. */
const SHOWN: readonly RegExp[] = [
  /^kubectl maint on /,
  /^kubectl create -f nightly-backup/,
  /^kubectl set image /,
  /^kubectl maint off /,
];

/** The first command of each kind, in the order of the story. Throws where one is missing. Pure. */
export function shownOf(blocks: readonly Block[]): readonly Block[] {
  return SHOWN.map((kind) => {
    const block = blocks.find(({ command }) => kind.test(command));
    if (block === undefined) throw new Error(`the demo has no command that is ${String(kind)}`);
    return block;
  });
}
